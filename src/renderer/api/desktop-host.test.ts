import { expect, it, vi } from 'vitest';
import type { DesktopBridge } from './desktop-bridge.ts';
import { findDesktopBridge } from './desktop-bridge.ts';
import { createDesktopHost, type SavingClient } from './desktop-host.ts';

function createBridge(savePath: string | null = '/home/me/file.onnx') {
  const callbacks: { open: (paths: string[]) => void; ask: () => void } = { open: () => {}, ask: () => {} };
  const bridge: DesktopBridge = {
    pathForFile: (file) => (file.name === 'made.onnx' ? '' : `/drop/${file.name}`),
    pickModels: async () => ['/a.onnx'],
    pickSavePath: vi.fn(async () => savePath),
    pickRunsFile: async () => '/runs.json',
    pickArraysFile: async () => '/inputs.npz',
    pickDataFolder: async () => '/images',
    openPath: vi.fn(async () => {}),
    showInFolder: async () => {},
    onOpenFiles: (callback) => void (callbacks.open = callback),
    onImportModels: (callback) => void (callbacks.ask = callback),
  };
  return { bridge, callbacks };
}

function createClient() {
  const exported = vi.fn(async ({ path }: { path: string }) => ({ path }));
  const client = { variants: { export: exported }, reports: { saveAs: exported }, runs: { export: exported } };
  return { client: client as unknown as SavingClient, exported };
}

const inspection = { externalDataFiles: [] } as unknown as Parameters<
  ReturnType<typeof createDesktopHost>['saveVariant']
>[0]['inspection'];

it('takes the paths of dropped files, and leaves out what has none', async () => {
  const host = createDesktopHost(createBridge().bridge, createClient().client);
  const files = [new File([], 'a.onnx'), new File([], 'made.onnx')];
  expect(await host.pathsForFiles(files)).toEqual(['/drop/a.onnx']);
});

it('asks where to save, under a name that every file system takes, and lets the workbench write', async () => {
  const { bridge } = createBridge();
  const { client, exported } = createClient();
  const host = createDesktopHost(bridge, client);
  expect(await host.saveVariant({ id: 'v', name: 'resnet: a/b', inspection })).toEqual({
    kind: 'saved',
    path: '/home/me/file.onnx',
  });
  expect(bridge.pickSavePath).toHaveBeenCalledWith({ defaultName: 'resnet- a-b.onnx', extension: 'onnx' });
  expect(exported).toHaveBeenCalledWith({ id: 'v', path: '/home/me/file.onnx' });
});

it('writes nothing when the user gave up', async () => {
  const { client, exported } = createClient();
  const host = createDesktopHost(createBridge(null).bridge, client);
  expect(await host.saveReport({ id: 'r', fileName: 'report.html' })).toEqual({ kind: 'cancelled' });
  expect(exported).not.toHaveBeenCalled();
});

it('keeps files that were opened before the page listens', () => {
  const { bridge, callbacks } = createBridge();
  const host = createDesktopHost(bridge, createClient().client);
  callbacks.open(['/a.onnx']);
  const asked: (string[] | null)[] = [];
  const stop = host.onImportAsked((paths) => asked.push(paths));
  callbacks.ask();
  stop();
  callbacks.open(['/b.onnx']);
  expect(asked).toEqual([['/a.onnx'], null]);
  host.onImportAsked((paths) => asked.push(paths));
  expect(asked).toEqual([['/a.onnx'], null, ['/b.onnx']]);
});

it('is chosen where the preload script left its bridge, and nowhere else', () => {
  const { bridge } = createBridge();
  expect(findDesktopBridge({ whittleHost: bridge } as unknown as Window)).toBe(bridge);
  expect(findDesktopBridge({} as Window)).toBeNull();
});
