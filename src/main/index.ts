/** The Electron shell: one window, its menu and dialogs, and the workbench in a process of its own. */
import { app, type BrowserWindow, dialog, ipcMain, shell } from 'electron';
import { join } from 'node:path';
import { softwareGpuSwitches, wantsSoftwareGpu } from '#workbench/browser/software-gpu.ts';
import { defaultHomePath } from '#workbench/home-path.ts';
import { programPathsOf, readVersions } from '#workbench/program-paths.ts';
import { PAGE_ORIGIN, registerAppScheme, serveApp } from './app-protocol.ts';
import { homeArgument, modelArguments } from './arguments.ts';
import { answerHostCalls } from './host-calls.ts';
import { setMenu } from './menu.ts';
import { openWindow } from './open-window.ts';
import { printPdf } from './print-pdf.ts';
import { startWorkbenchProcess, type WorkbenchProcess } from './workbench-process.ts';

const programsPath = import.meta.dirname;
const paths = programPathsOf(programsPath);
const homePath = homeArgument(process.argv) ?? defaultHomePath(process.env, process.platform);
const pageUrl = process.env['ELECTRON_RENDERER_URL'] ?? `${PAGE_ORIGIN}/`;

let window: BrowserWindow | null = null;
let workbench: WorkbenchProcess | null = null;
let filesToOpen = modelArguments(process.argv.slice(1), process.cwd());
let isQuitting = false;

// Chromium's own files belong to the home, so that two homes are two applications.
app.setPath('userData', join(homePath, 'window'));
app.setName('Whittle');
registerAppScheme();
if (wantsSoftwareGpu(process.env)) {
  for (const [name, value] of softwareGpuSwitches) app.commandLine.appendSwitch(name, value ?? '');
}

function showWindow(): void {
  if (window) {
    if (window.isMinimized()) window.restore();
    window.focus();
    return;
  }
  window = openWindow({
    preloadPath: paths.preloadPath,
    statePath: join(homePath, 'window', 'window-state.json'),
    pageUrl,
  });
  window.on('closed', () => {
    window = null;
    // Windows that measure are not seen, so this was the last one for the user.
    if (process.platform !== 'darwin' && !isQuitting) app.quit();
  });
}

function connectPage(): void {
  if (!window || !workbench) return;
  window.webContents.postMessage('whittle:port', null, [workbench.connect()]);
  if (filesToOpen.length === 0) return;
  window.webContents.send('whittle:open-files', filesToOpen);
  filesToOpen = [];
}

function openFiles(files: readonly string[]): void {
  if (files.length > 0 && window && !window.webContents.isLoading())
    window.webContents.send('whittle:open-files', files);
  else filesToOpen.push(...files);
}

function startWorkbench(): WorkbenchProcess {
  return startWorkbenchProcess({
    programPath: paths.workbenchPath,
    start: {
      kind: 'start',
      homePath,
      enginePath: paths.enginePath,
      samplesPath: paths.samplesPath,
      rendererPath: paths.rendererPath,
      webRuntimePath: paths.webRuntimePath,
      versions: readVersions(programsPath),
    },
    printPdf,
    onRestart: connectPage,
    onLost(message) {
      dialog.showErrorBox('Whittle cannot go on', message);
      app.quit();
    },
  });
}

function start(): void {
  serveApp(paths.rendererPath);
  setMenu({
    importModels: () => window?.webContents.send('whittle:import-models'),
    showLog: () => shell.showItemInFolder(join(homePath, 'whittle.log')),
  });
  workbench = startWorkbench();
  showWindow();
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_event, args, workingFolder) => {
    showWindow();
    openFiles(modelArguments(args.slice(1), workingFolder));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openFiles([path]);
  });
  // Decided when the window closes: others are not seen.
  app.on('window-all-closed', () => {});
  app.on('activate', showWindow);
  app.on('before-quit', (event) => {
    if (isQuitting || !workbench) return;
    event.preventDefault();
    isQuitting = true;
    void workbench.close().finally(() => app.quit());
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
  ipcMain.on('whittle:connect', connectPage);
  answerHostCalls({ findWindow: () => window, documentsPath: app.getPath('documents') });

  // Not awaited here: Electron is ready only after this module has been evaluated.
  void app.whenReady().then(start);
} else {
  // The other instance shows its window.
  app.quit();
}
