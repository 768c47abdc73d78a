/** The one window. */
import { BrowserWindow, nativeTheme, shell } from 'electron';
import { PAGE_ORIGIN } from './app-protocol.ts';
import { readWindowState, saveWindowState } from './window-state.ts';

const DEFAULT_SIZE = { width: 1280, height: 860 };
const SMALLEST_SIZE = { minWidth: 760, minHeight: 520 };

export function openWindow(options: { preloadPath: string; statePath: string; pageUrl: string }): BrowserWindow {
  const state = readWindowState(options.statePath);
  const window = new BrowserWindow({
    ...DEFAULT_SIZE,
    ...state?.bounds,
    ...SMALLEST_SIZE,
    title: 'Whittle',
    show: false,
    // What is seen until the page has drawn.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1a1b1e' : '#ffffff',
    webPreferences: {
      preload: options.preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  if (state?.isMaximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => saveWindowState(options.statePath, window));
  keepToThePage(window, options.pageUrl);
  void window.loadURL(options.pageUrl);
  return window;
}

/** Links to the web open in the browser; nothing else leaves the page. */
function keepToThePage({ webContents }: BrowserWindow, pageUrl: string): void {
  const openOutside = (url: string): void => {
    if (url.startsWith('https://')) void shell.openExternal(url);
  };
  webContents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
  webContents.on('will-navigate', (event) => {
    if (event.url.startsWith(`${PAGE_ORIGIN}/`) || event.url.startsWith(pageUrl)) return;
    event.preventDefault();
    openOutside(event.url);
  });
  webContents.session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
}
