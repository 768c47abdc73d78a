/** Tells what changed in the store, whichever process changed it, by comparing the store's counters. */
import type { ChangeTopic } from '#shared/contract/application.ts';
import type { Store } from '../store/store.ts';

export type ChangeFeed = {
  /** @returns a function that ends the subscription */
  onChange: (listener: (topics: ChangeTopic[]) => void) => () => void;
  /** What changed since the last step, coalesced; ends when the signal aborts or the feed closes. */
  iterate: (signal?: AbortSignal) => AsyncGenerator<ChangeTopic[], void, void>;
  close: () => void;
};

/** How often other processes' commits are looked for. */
const POLL_MS = 500;
/** Changes of this process are gathered this long, so that a burst is one event. */
const GATHER_MS = 200;

export function createChangeFeed(store: Pick<Store, 'meta' | 'onWrite'>): ChangeFeed {
  const listeners = new Set<(topics: ChangeTopic[]) => void>();
  const endings = new Set<() => void>();
  let known = store.meta.topicVersions();
  let dataVersion = store.meta.dataVersion();
  let gathering: NodeJS.Timeout | null = null;
  let isClosed = false;

  const compare = (): void => {
    const current = store.meta.topicVersions();
    const topics = [...current].filter(([topic, version]) => known.get(topic) !== version).map(([topic]) => topic);
    known = current;
    if (topics.length > 0) for (const listener of listeners) listener(topics);
  };
  store.onWrite(() => {
    // What is written last, while the workbench closes, is told to nobody.
    if (isClosed) return;
    gathering ??= setTimeout(() => {
      gathering = null;
      compare();
    }, GATHER_MS);
  });
  const poll = setInterval(() => {
    const current = store.meta.dataVersion();
    if (current === dataVersion) return;
    dataVersion = current;
    compare();
  }, POLL_MS);

  const onChange: ChangeFeed['onChange'] = (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  return {
    onChange,
    async *iterate(signal) {
      const state = {
        isOver: isClosed || (signal?.aborted ?? false),
        waiting: new Set<ChangeTopic>(),
        wake: (): void => {},
      };
      const stop = onChange((topics) => {
        for (const topic of topics) state.waiting.add(topic);
        state.wake();
      });
      const end = (): void => {
        state.isOver = true;
        state.wake();
      };
      endings.add(end);
      signal?.addEventListener('abort', end, { once: true });
      try {
        for (;;) {
          if (!state.isOver && state.waiting.size === 0) {
            await new Promise<void>((resolve) => void (state.wake = resolve));
          }
          if (state.isOver) return;
          const topics = [...state.waiting];
          state.waiting.clear();
          if (topics.length > 0) yield topics;
        }
      } finally {
        stop();
        endings.delete(end);
        signal?.removeEventListener('abort', end);
      }
    },
    close() {
      isClosed = true;
      clearInterval(poll);
      if (gathering) clearTimeout(gathering);
      for (const end of endings) end();
    },
  };
}
