/** The workbench in a utility process of Electron: speaks to pages over the ports that the shell hands over. */
import { RPCHandler } from '@orpc/server/message-port';
import { toErrorData } from '#shared/app-error.ts';
import type { ShellMessage, WorkbenchMessage } from '#shared/shell-protocol.ts';
import { webPrograms } from './browser/installed-web-runtime.ts';
import { createWorkbench, type PrintPdf, type Workbench } from './create-workbench.ts';
import { createFileLog } from './file-log.ts';
import { createShellPages } from './web-engine/shell-pages.ts';

/** What Electron gives a utility process; named here because the workbench does not know Electron. */
type Port = {
  on: (event: string, listener: (event: { data: unknown; ports: Port[] }) => void) => void;
  postMessage: (message: unknown) => void;
  start: () => void;
};
const shell = (process as unknown as { parentPort?: Port }).parentPort;

const EXIT_REFUSED = 3;
const EXIT_WRONG_USAGE = 2;

if (shell === undefined) {
  process.stderr.write(
    'This program is a part of Whittle and is started by its window. Run “whittle --help” instead.\n',
  );
  process.exit(EXIT_WRONG_USAGE);
}

const send = (message: WorkbenchMessage): void => shell.postMessage(message);
const printing = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
const pages = createShellPages(send);
let printCount = 0;
const printPdf: PrintPdf = ({ htmlPath, pdfPath }) =>
  new Promise((resolve, reject) => {
    printCount += 1;
    printing.set(printCount, { resolve, reject });
    send({ kind: 'print', id: printCount, htmlPath, pdfPath });
  });

/** Electron is one. */
const nameBrowser = (): Promise<string | null> => {
  const version = process.versions['chrome'];
  return Promise.resolve(version === undefined ? null : `Chromium ${version} of Electron`);
};

type Opened = { workbench: Workbench; acceptPort: (port: Port) => void };
let opened: Promise<Opened> | null = null;

async function start(message: Extract<ShellMessage, { kind: 'start' }>): Promise<Opened> {
  const log = createFileLog(message.homePath, { program: 'window' });
  const programs = webPrograms(message);
  const web = 'obstacle' in programs ? programs : { ...programs, openPage: pages.openPage, nameBrowser };
  const workbench = await createWorkbench({ ...message, printPdf, web, log });
  const rpc = new RPCHandler(workbench.router);
  return { workbench, acceptPort: (port) => rpc.upgrade(port) };
}

async function handle(message: ShellMessage, ports: readonly Port[]): Promise<void> {
  switch (message.kind) {
    case 'start':
      opened = start(message);
      try {
        await opened;
        send({ kind: 'ready' });
      } catch (error) {
        send({ kind: 'refused', message: toErrorData(error).message });
        // Time for the message to leave.
        setTimeout(() => process.exit(EXIT_REFUSED), 500);
      }
      return;
    case 'connect': {
      const [port] = ports;
      const parts = await opened;
      if (!port || !parts) return;
      parts.acceptPort(port);
      port.start();
      return;
    }
    case 'printed': {
      const waiting = printing.get(message.id);
      printing.delete(message.id);
      if (message.error === null) waiting?.resolve();
      else waiting?.reject(new Error(message.error));
      return;
    }
    case 'pageOpened':
    case 'pageEnded':
      pages.handle(message);
      return;
    case 'close':
      await opened?.then(({ workbench }) => workbench.close()).catch(() => {});
      process.exit(0);
  }
}

// Ctrl-C reaches the whole group of a terminal; the shell then says when to close.
process.on('SIGINT', () => {});
shell.on('message', ({ data, ports }) => void handle(data as ShellMessage, ports));
