/** Windows that nobody sees, in which models are measured: one for each case, in a process and a session of its own. */
import { BrowserWindow, type RenderProcessGoneDetails } from 'electron';
import type { PageEnd, WorkbenchMessage } from '#shared/shell-protocol.ts';

export type RunnerWindows = {
  open: (message: Extract<WorkbenchMessage, { kind: 'openPage' }>) => void;
  close: (id: number) => void;
  /** Without a word: whoever asked for them is gone. */
  closeAll: () => void;
};

export function createRunnerWindows(report: {
  opened: (id: number, processId: number) => void;
  ended: (id: number, end: PageEnd | null) => void;
}): RunnerWindows {
  const windows = new Map<number, BrowserWindow>();

  const take = (id: number): BrowserWindow | undefined => {
    const window = windows.get(id);
    windows.delete(id);
    return window;
  };
  /** Its worker may be in the middle of a run, for which a window that is closed would wait. */
  const destroy = (window: BrowserWindow): void => {
    if (window.isDestroyed()) return;
    window.webContents.forcefullyCrashRenderer();
    window.destroy();
  };
  const end = (id: number, reason: PageEnd | null): void => {
    const window = take(id);
    if (window === undefined) return;
    destroy(window);
    report.ended(id, reason);
  };

  const open: RunnerWindows['open'] = ({ id, url }) => {
    const window = new BrowserWindow({
      show: false,
      webPreferences: {
        // Not kept, and shared with no other page: so the process is its own too.
        partition: `whittle-runner-${id}-${Date.now()}`,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        // Nobody looks at the page, and it shall not be slowed down for that.
        backgroundThrottling: false,
        spellcheck: false,
      },
    });
    windows.set(id, window);
    const { webContents } = window;
    webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
    webContents.on('will-navigate', (event) => event.preventDefault());
    webContents.session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
    webContents.on('render-process-gone', (_event, details) => end(id, describe(details)));
    const load = async (): Promise<void> => {
      try {
        await window.loadURL(url);
        report.opened(id, webContents.getOSProcessId());
      } catch (error) {
        end(id, { reason: `the page could not be opened: ${(error as Error).message}`, isOutOfMemory: false });
      }
    };
    void load();
  };

  return {
    open,
    close: (id) => end(id, null),
    closeAll() {
      for (const window of windows.values()) destroy(window);
      windows.clear();
    },
  };
}

function describe({ reason, exitCode }: RenderProcessGoneDetails): PageEnd {
  const isOutOfMemory = reason === 'oom' || reason === 'memory-eviction' || reason === 'killed';
  return {
    isOutOfMemory,
    reason: isOutOfMemory
      ? `its process was stopped (${reason}); most often the system was out of memory`
      : `its process ended: ${reason}, code ${exitCode}`,
  };
}
