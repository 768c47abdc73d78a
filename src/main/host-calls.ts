/** What the page asks of the desktop: dialogs, and files shown outside. */
import { dialog, ipcMain, shell, type BrowserWindow } from 'electron';
import { extname, join } from 'node:path';
import { z } from 'zod';

/** Only what a report can be: opening a file may start a program. */
const openableExtensions = ['.html', '.pdf', '.md', '.csv', '.json'];
const saveRequestSchema = z.object({ defaultName: z.string().max(200), extension: z.string().regex(/^[\w.]{1,16}$/) });

export function answerHostCalls(options: { findWindow: () => BrowserWindow | null; documentsPath: string }): void {
  const { findWindow, documentsPath } = options;

  const pickFiles = async (request: Electron.OpenDialogOptions): Promise<string[]> => {
    const window = findWindow();
    const picked = window ? await dialog.showOpenDialog(window, request) : await dialog.showOpenDialog(request);
    return picked.canceled ? [] : picked.filePaths;
  };

  ipcMain.handle('whittle:pick-models', () =>
    pickFiles({
      title: 'Import models',
      buttonLabel: 'Import',
      filters: [
        { name: 'ONNX models', extensions: ['onnx'] },
        { name: 'All files', extensions: ['*'] },
      ],
      properties: ['openFile', 'multiSelections'],
    }),
  );
  ipcMain.handle('whittle:pick-runs-file', async () => {
    const [path] = await pickFiles({
      title: 'Import runs',
      buttonLabel: 'Import',
      filters: [{ name: 'Runs', extensions: ['json', 'gz'] }],
      properties: ['openFile'],
    });
    return path ?? null;
  });
  ipcMain.handle('whittle:pick-arrays-file', async () => {
    const [path] = await pickFiles({
      title: 'Choose inputs',
      filters: [
        { name: 'Arrays of NumPy', extensions: ['npz', 'npy'] },
        { name: 'All files', extensions: ['*'] },
      ],
      properties: ['openFile'],
    });
    return path ?? null;
  });
  ipcMain.handle('whittle:pick-data-folder', async () => {
    const [path] = await pickFiles({ title: 'Choose a folder with a dataset', properties: ['openDirectory'] });
    return path ?? null;
  });
  ipcMain.handle('whittle:pick-save-path', async (_event, request: unknown) => {
    const { defaultName, extension } = saveRequestSchema.parse(request);
    const saveOptions = {
      defaultPath: join(documentsPath, defaultName),
      filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
    };
    const window = findWindow();
    const picked = window ? await dialog.showSaveDialog(window, saveOptions) : await dialog.showSaveDialog(saveOptions);
    return picked.canceled || picked.filePath === '' ? null : picked.filePath;
  });
  ipcMain.handle('whittle:open-path', async (_event, path: unknown) => {
    const checked = z.string().parse(path);
    if (!openableExtensions.includes(extname(checked).toLowerCase())) {
      throw new Error(`${checked} is no report and is not opened.`);
    }
    const problem = await shell.openPath(checked);
    if (problem !== '') throw new Error(problem);
  });
  ipcMain.handle('whittle:show-in-folder', (_event, path: unknown) => shell.showItemInFolder(z.string().parse(path)));
}
