/** What the preload script gives the page (`src/preload/index.ts`); absent in a browser. */
export type DesktopBridge = {
  pathForFile: (file: File) => string;
  pickModels: () => Promise<string[]>;
  pickSavePath: (request: { defaultName: string; extension: string }) => Promise<string | null>;
  pickRunsFile: () => Promise<string | null>;
  pickArraysFile: () => Promise<string | null>;
  pickDataFolder: () => Promise<string | null>;
  openPath: (path: string) => Promise<void>;
  showInFolder: (path: string) => Promise<void>;
  onOpenFiles: (callback: (paths: string[]) => void) => void;
  onImportModels: (callback: () => void) => void;
};

export function findDesktopBridge(page: Window): DesktopBridge | null {
  return (page as Window & { whittleHost?: DesktopBridge }).whittleHost ?? null;
}
