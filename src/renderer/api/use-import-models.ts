/** Importing models from wherever they come: a dialog, a drop, the menu, the command line. Says what came of it. */
import { useIsMutating, useMutation, useMutationState, useQueryClient } from '@tanstack/react-query';
import { client, orpc } from './client.ts';
import { host } from './host.ts';
import { expandFolders, type ImportOutcome, importOutcomeOf, modelPathsOf } from './import-outcome.ts';

const mutationKey = ['import-models'];
/** Of the imports that go on, wherever on the page they were started. */
const running = new Set<AbortController>();

export function useImportModels(onEnd: (outcome: ImportOutcome) => void, onFailure: (error: unknown) => void) {
  const queryClient = useQueryClient();
  const { mutate } = useMutation({
    mutationKey,
    gcTime: Number.POSITIVE_INFINITY,
    mutationFn: async (findPaths: () => Promise<string[]>): Promise<ImportOutcome> => {
      const controller = new AbortController();
      const { signal } = controller;
      running.add(controller);
      try {
        const found = await expandFolders(modelPathsOf(await findPaths()), (path) => client.models.find({ path }));
        const importPath = (path: string) => client.models.import({ path }, { signal });
        const { imported, refused } = await importOutcomeOf(found.paths, importPath, signal);
        const outcome = { imported, refused: [...found.refused, ...refused] };
        await queryClient.invalidateQueries({ queryKey: orpc.models.key() });
        return outcome;
      } finally {
        running.delete(controller);
      }
    },
    onSuccess: onEnd,
    onError: onFailure,
  });
  return {
    importPaths: (paths: string[]) => mutate(async () => paths),
    importFiles: (files: readonly File[]) => mutate(() => host.pathsForFiles(files)),
    pickAndImport: () => mutate(host.pickModels),
  };
}

/** Stops all imports of the page; what is in the library already stays there. */
export function cancelImports(): void {
  for (const controller of running) controller.abort();
}

/** Whether anything on the page is importing. */
export function useIsImporting(): boolean {
  return useIsMutating({ mutationKey }) > 0;
}

/** The files that the last import refused, wherever it was started; `importedAtMs` tells one import from another. */
export function useLastRefusals(): { importedAtMs: number; refused: ImportOutcome['refused'] } | null {
  const outcomes = useMutationState({
    filters: { mutationKey, status: 'success' },
    select: ({ state }) => ({
      importedAtMs: state.submittedAt,
      refused: (state.data as ImportOutcome | undefined)?.refused ?? [],
    }),
  });
  return outcomes.at(-1) ?? null;
}
