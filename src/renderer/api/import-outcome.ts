/** Importing several files: one that is refused does not keep the others out. */
import type { Client } from './client.ts';

type Imported = Awaited<ReturnType<Client['models']['import']>>;

export type ImportOutcome = {
  imported: Imported[];
  refused: { fileName: string; error: unknown }[];
};

/** Where there are ONNX files, what lies beside them is their external data; else the workbench says what is wrong. */
export function modelPathsOf(paths: readonly string[]): string[] {
  const models = paths.filter((path) => path.toLowerCase().endsWith('.onnx'));
  return models.length > 0 ? models : [...paths];
}

/** The models of folders among the paths, too. Of a folder that has none the reason is kept as a refusal. */
export async function expandFolders(
  paths: readonly string[],
  find: (path: string) => Promise<string[]>,
): Promise<{ paths: string[]; refused: ImportOutcome['refused'] }> {
  const expanded: string[] = [];
  const refused: ImportOutcome['refused'] = [];
  for (const path of paths) {
    try {
      expanded.push(...(path.toLowerCase().endsWith('.onnx') ? [path] : await find(path)));
    } catch (error) {
      refused.push({ fileName: fileNameOf(path), error });
    }
  }
  return { paths: expanded, refused };
}

/** Ends when the signal aborts, with what was imported until then; the file that it was about is no refusal. */
export async function importOutcomeOf(
  paths: readonly string[],
  importPath: (path: string) => Promise<Imported>,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const outcome: ImportOutcome = { imported: [], refused: [] };
  for (const path of paths) {
    if (signal.aborted) break;
    try {
      outcome.imported.push(await importPath(path));
    } catch (error) {
      if (signal.aborted) break;
      outcome.refused.push({ fileName: fileNameOf(path), error });
    }
  }
  return outcome;
}

function fileNameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
