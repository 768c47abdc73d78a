/** The workbench's process: forked, watched, started again when it dies, and closed before the application ends. */
import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import type { ShellMessage, WorkbenchMessage } from '#shared/shell-protocol.ts';
import { createRunnerWindows } from './runner-windows.ts';

export type WorkbenchProcess = {
  /** @returns the page's end of a new connection */
  connect: () => MessagePortMain;
  close: () => Promise<void>;
};

const CLOSE_LIMIT_MS = 10_000;
/** So many deaths within the period, and it is not started again. */
const MOST_DEATHS = 3;
const DEATHS_PERIOD_MS = 60_000;

export function startWorkbenchProcess(options: {
  programPath: string;
  start: Extract<ShellMessage, { kind: 'start' }>;
  printPdf: (files: { htmlPath: string; pdfPath: string }) => Promise<void>;
  /** It was started again; pages need new connections. */
  onRestart: () => void;
  /** It cannot be used: a sentence. */
  onLost: (message: string) => void;
}): WorkbenchProcess {
  const { onLost, onRestart, printPdf } = options;
  let child = fork();
  let isClosing = false;
  let refusal: string | null = null;
  const deathsAtMs: number[] = [];

  const runners = createRunnerWindows({
    opened: (id, processId) => send({ kind: 'pageOpened', id, processId }),
    ended: (id, end) => send({ kind: 'pageEnded', id, end }),
  });

  function send(message: ShellMessage, ports: MessagePortMain[] = []): void {
    child.postMessage(message, ports);
  }

  function fork(): UtilityProcess {
    const forked = utilityProcess.fork(options.programPath, [], { serviceName: 'Whittle workbench', stdio: 'inherit' });
    forked.postMessage(options.start);
    forked.on('message', (message: WorkbenchMessage) => void handle(message));
    forked.once('exit', onExit);
    return forked;
  }

  async function handle(message: WorkbenchMessage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return;
      case 'refused':
        refusal = message.message;
        return;
      case 'openPage':
        runners.open(message);
        return;
      case 'closePage':
        runners.close(message.id);
        return;
      case 'print':
        try {
          await printPdf(message);
          send({ kind: 'printed', id: message.id, error: null });
        } catch (error) {
          send({ kind: 'printed', id: message.id, error: (error as Error).message });
        }
    }
  }

  function onExit(): void {
    // They belong to the process that has ended.
    runners.closeAll();
    if (isClosing) return;
    if (refusal !== null) return onLost(refusal);
    const nowMs = Date.now();
    deathsAtMs.push(nowMs);
    const recent = deathsAtMs.filter((atMs) => nowMs - atMs < DEATHS_PERIOD_MS);
    if (recent.length >= MOST_DEATHS) {
      return onLost(
        `The workbench stopped ${recent.length} times within a minute. What was saved is kept; whittle.log in ${options.start.homePath} says more.`,
      );
    }
    child = fork();
    onRestart();
  }

  return {
    connect() {
      const { port1, port2 } = new MessageChannelMain();
      send({ kind: 'connect' }, [port1]);
      return port2;
    },
    close() {
      isClosing = true;
      if (child.pid === undefined) return Promise.resolve();
      return new Promise((resolve) => {
        const limit = setTimeout(() => child.kill(), CLOSE_LIMIT_MS);
        child.once('exit', () => {
          clearTimeout(limit);
          resolve();
        });
        send({ kind: 'close' });
      });
    },
  };
}
