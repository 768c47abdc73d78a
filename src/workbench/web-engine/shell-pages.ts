/** Pages that measure, in hidden windows of the shell: this end asks for them. */
import type { ShellMessage, WorkbenchMessage } from '#shared/shell-protocol.ts';
import type { OpenRunnerPage, PageEnd } from './runner-page.ts';

type PageMessage = Extract<ShellMessage, { kind: 'pageOpened' | 'pageEnded' }>;

type Waiting = { opened: (processId: number | null) => void; ended: (end: PageEnd | null) => void };

export function createShellPages(send: (message: WorkbenchMessage) => void): {
  openPage: OpenRunnerPage;
  handle: (message: PageMessage) => void;
} {
  const pages = new Map<number, Waiting>();
  let count = 0;
  return {
    openPage(url) {
      count += 1;
      const id = count;
      const { promise: processId, resolve: opened } = Promise.withResolvers<number | null>();
      const { promise: closed, resolve: ended } = Promise.withResolvers<PageEnd | null>();
      pages.set(id, { opened, ended });
      send({ kind: 'openPage', id, url });
      return Promise.resolve({
        findProcess: () => processId,
        close: () => {
          if (pages.has(id)) send({ kind: 'closePage', id });
        },
        closed,
      });
    },
    handle(message) {
      const page = pages.get(message.id);
      if (message.kind === 'pageOpened') return page?.opened(message.processId);
      pages.delete(message.id);
      page?.opened(null);
      page?.ended(message.end);
    },
  };
}
