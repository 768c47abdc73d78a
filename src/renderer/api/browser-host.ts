/** A browser: files are uploaded to the server and downloaded from it. */
import { AppError, errorDataSchema, fromErrorData } from '#shared/app-error.ts';
import { downloadAddress, downloadBytes } from './download.ts';
import { toFileName } from './file-name.ts';
import { filesAndFolders } from './files-and-folders.ts';
import type { Host } from './host.ts';
import { pickFiles } from './pick-files.ts';

export function createBrowserHost(options: { origin: string; token: string }): Host {
  const { origin, token } = options;
  const addressOf = (path: string, query: Record<string, string> = {}): string =>
    `${origin}${path}?${new URLSearchParams({ ...query, token })}`;

  const ask = async (address: string, body: BodyInit): Promise<Response> => {
    const answer = await fetch(address, { method: 'POST', body }).catch((error: unknown) => {
      throw new AppError('input-output', 'The workbench could not be reached. Check that “whittle serve” still runs.', {
        cause: error,
      });
    });
    if (!answer.ok) throw await readRefusal(answer);
    return answer;
  };
  /** What lay in one folder comes to lie in one, so that a model finds its external data, and models of one name do not meet. */
  const upload = async (files: readonly File[]): Promise<string[]> => {
    const paths: string[] = [];
    const folders = new Map<string, string>();
    for (const file of files) {
      const from = file.webkitRelativePath.split('/').slice(0, -1).join('/');
      const folder = folders.get(from);
      const query: Record<string, string> = { name: file.name, ...(folder === undefined ? {} : { folder }) };
      const answer = await ask(addressOf('/files', query), file);
      const uploaded = (await answer.json()) as { path: string; folder: string };
      folders.set(from, uploaded.folder);
      paths.push(uploaded.path);
    }
    return paths;
  };

  return {
    filesOfDrop: filesAndFolders,
    pathsForFiles: upload,
    // Any file: a model's external data is picked along with it.
    pickModels: async () => upload(await pickFiles({ areMany: true })),
    pickRunsFile: async () => (await upload(await pickFiles({ accept: '.json,.gz', areMany: false })))[0] ?? null,
    pickArraysFile: async () => (await upload(await pickFiles({ accept: '.npz,.npy', areMany: false })))[0] ?? null,
    // A browser gives no folder away.
    pickDataFolder: null,
    isPickedCopied: true,
    saveVariant: async ({ id, inspection }) => {
      const address = addressOf(`/files/variant/${id}`);
      // What a browser cannot take is asked for first: its refusal would be saved as a file.
      if (inspection.externalDataFiles.length > 0) {
        const answer = await fetch(address);
        if (!answer.ok) throw await readRefusal(answer);
      }
      return downloadAddress(address);
    },
    saveReport: async ({ id }) => downloadAddress(addressOf(`/files/report/${id}`)),
    saveRuns: async (ids, defaultName) => {
      const answer = await ask(addressOf('/files/export'), JSON.stringify({ ids }));
      return downloadBytes(await answer.blob(), toFileName(defaultName, '.json'));
    },
    saveText: async (text, defaultName) => downloadBytes(new Blob([text]), defaultName),
    openReport: async ({ id }) =>
      void window.open(addressOf(`/files/report/${id}`, { inline: '' }), '_blank', 'noopener'),
    showInFolder: null,
    onImportAsked: () => () => {},
  };
}

async function readRefusal(answer: Response): Promise<AppError> {
  const refusal = errorDataSchema.safeParse(await answer.json().catch(() => null));
  if (refusal.success) return fromErrorData(refusal.data);
  return new AppError('input-output', `The workbench answered with status ${answer.status}.`);
}
