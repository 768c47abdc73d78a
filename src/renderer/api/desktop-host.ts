/** The Whittle window: dialogs of the system, and paths that the workbench reads and writes itself. */
import type { Client } from './client.ts';
import type { DesktopBridge } from './desktop-bridge.ts';
import { downloadBytes } from './download.ts';
import { filesOf } from './dropped-files.ts';
import { toFileName } from './file-name.ts';
import type { Host, Saved } from './host.ts';
import { createWaitingFeed } from './waiting-feed.ts';

/** The parts of the client that saving needs. */
export type SavingClient = {
  variants: Pick<Client['variants'], 'export'>;
  reports: Pick<Client['reports'], 'saveAs'>;
  runs: Pick<Client['runs'], 'export'>;
};

export function createDesktopHost(bridge: DesktopBridge, client: SavingClient): Host {
  const saveTo = async (defaultName: string, write: (path: string) => Promise<{ path: string }>): Promise<Saved> => {
    const extension = defaultName.slice(defaultName.lastIndexOf('.') + 1);
    const path = await bridge.pickSavePath({ defaultName, extension });
    if (path === null) return { kind: 'cancelled' };
    return { kind: 'saved', path: (await write(path)).path };
  };

  // The shell tells of files as soon as the page connects, which is before the page listens.
  const asked = createWaitingFeed<string[] | null>();
  bridge.onOpenFiles(asked.push);
  bridge.onImportModels(() => asked.push(null));

  return {
    filesOfDrop: async (event) => filesOf(event),
    pathsForFiles: async (files) => files.map((file) => bridge.pathForFile(file)).filter((path) => path !== ''),
    pickModels: bridge.pickModels,
    pickRunsFile: bridge.pickRunsFile,
    pickArraysFile: bridge.pickArraysFile,
    pickDataFolder: bridge.pickDataFolder,
    isPickedCopied: false,
    saveVariant: ({ id, name }) => saveTo(toFileName(name, '.onnx'), (path) => client.variants.export({ id, path })),
    saveReport: ({ id, fileName }) => saveTo(fileName, (path) => client.reports.saveAs({ id, path })),
    saveRuns: (ids, defaultName) =>
      saveTo(toFileName(defaultName, '.json'), (path) => client.runs.export({ ids: [...ids], path })),
    // Small texts of the page itself: Chromium's download asks where.
    saveText: async (text, defaultName) => downloadBytes(new Blob([text]), defaultName),
    openReport: ({ path }) => bridge.openPath(path),
    showInFolder: bridge.showInFolder,
    onImportAsked: asked.listen,
  };
}
