/**
 * What the page asks of where it runs: picking, opening and saving files. Views call it and never ask whether they are
 * in the Whittle window or in a browser.
 */
import type { Variant } from '#shared/model.ts';
import { accessToken, client } from './client.ts';
import { createBrowserHost } from './browser-host.ts';
import { findDesktopBridge } from './desktop-bridge.ts';
import { createDesktopHost } from './desktop-host.ts';

export type Saved =
  | { kind: 'cancelled' }
  | { kind: 'saved'; path: string }
  /** Handed to the browser, which puts it where it puts its downloads. */
  | { kind: 'downloaded' };

export type Host = {
  /** What is dropped, or dragged over the page, as files. A browser opens folders itself; it fails as `models.find` does. */
  filesOfDrop: (event: unknown) => Promise<(File | DataTransferItem)[]>;
  /** Paths by which the workbench can read files that were dropped here; a browser uploads them first. */
  pathsForFiles: (files: readonly File[]) => Promise<string[]>;
  /** Files to import, among them external data of models; empty when the user gave up. */
  pickModels: () => Promise<string[]>;
  /** A file that `runs.export` wrote; null when the user gave up. */
  pickRunsFile: () => Promise<string | null>;
  /** A `.npz` or `.npy` file with inputs; null when the user gave up. */
  pickArraysFile: () => Promise<string | null>;
  /** A folder with a dataset; resolves to null when the user gave up, and is null where no folder can be picked. */
  pickDataFolder: (() => Promise<string | null>) | null;
  /** Whether what is picked is a copy that lasts only as long as the server runs. */
  isPickedCopied: boolean;
  /** Gives the user a copy of a variant's file. */
  saveVariant: (variant: Pick<Variant, 'id' | 'name' | 'inspection'>) => Promise<Saved>;
  saveReport: (report: { id: string; fileName: string }) => Promise<Saved>;
  /** The experiments that hold these runs, in a file that `runs.import` reads. */
  saveRuns: (ids: readonly string[], defaultName: string) => Promise<Saved>;
  saveText: (text: string, defaultName: string) => Promise<Saved>;
  /** Shows a report in the program for its format. */
  openReport: (report: { id: string; path: string }) => Promise<void>;
  /** Null where there is no file manager to show. */
  showInFolder: ((path: string) => Promise<void>) | null;
  /** Asks to import: files opened with Whittle from outside (their paths), or the menu's “Import model…” (null). */
  onImportAsked: (listener: (paths: string[] | null) => void) => () => void;
};

const bridge = findDesktopBridge(window);

export const host: Host =
  bridge === null
    ? createBrowserHost({ token: accessToken ?? '', origin: location.origin })
    : createDesktopHost(bridge, client);
