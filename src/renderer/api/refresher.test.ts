import { expect, it } from 'vitest';
import { createRefresher } from './refresher.ts';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function createReader() {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  return {
    started,
    endNext: async () => {
      ends.shift()?.();
      await settle();
    },
    read: (topic: string) => {
      started.push(topic);
      return new Promise<void>((resolve) => ends.push(resolve));
    },
  };
}

it('reads once more after changes during a reading, however many there were', async () => {
  const reader = createReader();
  const { refresh } = createRefresher(reader.read);
  refresh('jobs');
  refresh('jobs');
  refresh('jobs');
  expect(reader.started).toEqual(['jobs']);
  await reader.endNext();
  expect(reader.started).toEqual(['jobs', 'jobs']);
  await reader.endNext();
  expect(reader.started).toEqual(['jobs', 'jobs']);
});

it('reads different topics side by side', () => {
  const reader = createReader();
  const { refresh } = createRefresher(reader.read);
  refresh('jobs');
  refresh('models');
  expect(reader.started).toEqual(['jobs', 'models']);
});

it('goes on after a reading that failed', async () => {
  let count = 0;
  const { refresh } = createRefresher(async () => {
    count += 1;
    throw new Error('no');
  });
  refresh('jobs');
  await settle();
  refresh('jobs');
  await settle();
  expect(count).toBe(2);
});
