/** What the page may ask of the desktop. Knows no procedure of the workbench: that traffic goes through the port. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';

ipcRenderer.on('whittle:port', (event) => window.postMessage('whittle:port', '*', event.ports));
window.addEventListener('message', (event) => {
  if (event.source === window && event.data === 'whittle:connect') ipcRenderer.send('whittle:connect');
});

contextBridge.exposeInMainWorld('whittleHost', {
  pathForFile: (file: File) => webUtils.getPathForFile(file),
  pickModels: () => ipcRenderer.invoke('whittle:pick-models'),
  pickRunsFile: () => ipcRenderer.invoke('whittle:pick-runs-file'),
  pickArraysFile: () => ipcRenderer.invoke('whittle:pick-arrays-file'),
  pickDataFolder: () => ipcRenderer.invoke('whittle:pick-data-folder'),
  pickSavePath: (request: { defaultName: string; extension: string }) =>
    ipcRenderer.invoke('whittle:pick-save-path', request),
  openPath: (path: string) => ipcRenderer.invoke('whittle:open-path', path),
  showInFolder: (path: string) => ipcRenderer.invoke('whittle:show-in-folder', path),
  onOpenFiles: (callback: (paths: string[]) => void) => {
    ipcRenderer.on('whittle:open-files', (_event, paths: string[]) => callback(paths));
  },
  onImportModels: (callback: () => void) => {
    ipcRenderer.on('whittle:import-models', () => callback());
  },
});
