import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChangeTopic } from '#shared/contract/application.ts';
import { createChangeFeed } from './change-feed.ts';

/** Counters as the store keeps them, without a store. */
function createFakeStore() {
  const versions = new Map<ChangeTopic, number>([
    ['models', 0],
    ['jobs', 0],
  ]);
  let dataVersion = 1;
  let onWrite = (): void => {};
  const count = (topic: ChangeTopic): void => void versions.set(topic, (versions.get(topic) ?? 0) + 1);
  return {
    store: {
      meta: { get: () => null, set: () => {}, dataVersion: () => dataVersion, topicVersions: () => new Map(versions) },
      onWrite: (listener: () => void) => void (onWrite = listener),
    },
    writeHere: (topic: ChangeTopic) => {
      count(topic);
      onWrite();
    },
    writeElsewhere: (topic: ChangeTopic | null) => {
      if (topic) count(topic);
      dataVersion += 1;
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a burst of writes is one event that names each topic once', () => {
  const { store, writeHere } = createFakeStore();
  const feed = createChangeFeed(store);
  const heard: ChangeTopic[][] = [];
  feed.onChange((topics) => heard.push(topics));
  for (const topic of ['models', 'jobs', 'jobs'] as const) writeHere(topic);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual([['models', 'jobs']]);
  feed.close();
});

test('what another process wrote is found, and a heartbeat of it is no change', () => {
  const { store, writeElsewhere } = createFakeStore();
  const feed = createChangeFeed(store);
  const heard: ChangeTopic[][] = [];
  const stop = feed.onChange((topics) => heard.push(topics));
  writeElsewhere(null);
  vi.advanceTimersByTime(2000);
  expect(heard).toEqual([]);
  writeElsewhere('jobs');
  vi.advanceTimersByTime(2000);
  expect(heard).toEqual([['jobs']]);
  stop();
  writeElsewhere('models');
  vi.advanceTimersByTime(2000);
  expect(heard).toHaveLength(1);
  feed.close();
});

test('a slow reader gets what it missed as one step, and abort ends it', async () => {
  const { store, writeHere } = createFakeStore();
  const feed = createChangeFeed(store);
  const controller = new AbortController();
  const changes = feed.iterate(controller.signal);
  const first = changes.next();
  writeHere('models');
  vi.advanceTimersByTime(500);
  expect(await first).toEqual({ done: false, value: ['models'] });
  writeHere('jobs');
  vi.advanceTimersByTime(500);
  writeHere('models');
  vi.advanceTimersByTime(500);
  expect((await changes.next()).value).toEqual(['jobs', 'models']);
  const last = changes.next();
  controller.abort();
  expect((await last).done).toBe(true);
  feed.close();
});

test.each([
  ['a closed feed', (feed: ReturnType<typeof createChangeFeed>) => feed.close(), undefined],
  ['an aborted signal', () => {}, AbortSignal.abort()],
])('%s has nothing to say', async (_, prepare, signal) => {
  const feed = createChangeFeed(createFakeStore().store);
  prepare(feed);
  expect((await feed.iterate(signal).next()).done).toBe(true);
  feed.close();
});

test('what is written while the workbench closes is not looked at, as the database is closed by then', () => {
  const { store, writeHere } = createFakeStore();
  const feed = createChangeFeed(store);
  feed.close();
  store.meta.topicVersions = () => {
    throw new Error('The database connection is not open');
  };
  writeHere('models');
  expect(() => vi.advanceTimersByTime(1000)).not.toThrow();
});
