/**
 * The page's connection to the workbench, whatever carries it. Calls wait for it; when it is lost they fail with a
 * sentence, and the next ones wait for the new one.
 */
import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client';
import { AppError } from '#shared/app-error.ts';

export type ConnectionState =
  | { status: 'connecting' }
  | { status: 'open' }
  | { status: 'lost' }
  /** Trying again is of no use. A sentence. */
  | { status: 'refused'; message: string };

type Link = ClientLink<ClientContext>;

/** What a transport tells. */
export type ConnectionEvents = {
  onOpen: (link: Link) => void;
  /** That link is of no use any more. */
  onLost: () => void;
  onRefused: (message: string) => void;
};

/** Connects, and connects again whenever the connection is lost. */
export type Transport = (events: ConnectionEvents) => void;

export type Connection = {
  link: Link;
  state: () => ConnectionState;
  /** @returns a function that ends the subscription */
  subscribe: (listener: () => void) => () => void;
  /** Settles when the connection is open. */
  whenOpen: () => Promise<void>;
};

/** How long a call waits for a connection before it says so. */
const WAIT_LIMIT_MS = 20_000;

export function createConnection(transport: Transport, waitLimitMs = WAIT_LIMIT_MS): Connection {
  const listeners = new Set<() => void>();
  let state: ConnectionState = { status: 'connecting' };
  let current: Link | null = null;

  const enter = (next: ConnectionState, link: Link | null): void => {
    current = link;
    state = next;
    for (const listener of listeners) listener();
  };
  const subscribe: Connection['subscribe'] = (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  transport({
    onOpen: (link) => enter({ status: 'open' }, link),
    onLost: () => {
      if (state.status !== 'lost' && state.status !== 'refused') enter({ status: 'lost' }, null);
    },
    onRefused: (message) => enter({ status: 'refused', message }, null),
  });

  const openLink = (limitMs: number | null, signal?: AbortSignal): Promise<Link> =>
    new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        stop();
        if (timer !== null) clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        outcome();
      };
      const look = (): void => {
        const link = current;
        if (link !== null) settle(() => resolve(link));
        else if (state.status === 'refused') {
          const { message } = state;
          settle(() => reject(new AppError('input-output', message)));
        }
      };
      const onAbort = (): void => settle(() => reject(signal?.reason as Error));
      const stop = subscribe(look);
      const timer = limitMs === null ? null : setTimeout(() => settle(() => reject(lostError())), limitMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      look();
    });

  return {
    link: {
      async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>) {
        const link = await openLink(waitLimitMs, options.signal);
        try {
          return await link.call(path, input, options);
        } catch (error) {
          // The transport's own words for it say nothing to a user.
          if (link !== current && !(options.signal?.aborted ?? false)) throw lostError();
          throw error;
        }
      },
    },
    state: () => state,
    subscribe,
    whenOpen: async () => void (await openLink(null)),
  };
}

function lostError(): AppError {
  return new AppError('input-output', 'The connection to the workbench was lost before it answered. Try again.');
}
