import { describe, expect, test } from 'vitest';
import type { Items } from './open-items-with.ts';
import { runAhead } from './run-ahead.ts';
import type { ItemRunner } from './run-items.ts';

const COUNT = 10;

function fakeItems(): Items {
  return {
    id: 'fake',
    itemCount: COUNT,
    itemShape: null,
    hasLabels: false,
    async *read() {
      for (let seed = 0; seed < COUNT; seed += 1) yield { kind: 'generated', count: 1, seed, labels: null };
    },
  };
}

function fakeRunner(valueCount: number, failsAt = Infinity) {
  const log: string[] = [];
  const runner: ItemRunner = {
    outputs: [],
    batchSize: 1,
    async run(chunk) {
      const seed = chunk.kind === 'generated' ? chunk.seed : -1;
      if (seed === failsAt) throw new Error('It does not run.');
      log.push(`run ${seed}`);
      return [[{ name: 'y', values: new Float64Array(valueCount).fill(seed) }]];
    },
    close: async () => void log.push('close'),
  };
  return { log, open: () => Promise.resolve(runner) };
}

describe('a reference that runs ahead', () => {
  test.each([
    { name: 'is closed before anything else is opened where its outputs are small', valueCount: 10, ahead: COUNT },
    // 16 MiB for an item: the fifth is the first beyond 64 MiB.
    { name: 'stays open for the rest where they are large', valueCount: 2 ** 21, ahead: 5 },
  ])('$name', async ({ valueCount, ahead }) => {
    const { log, open } = fakeRunner(valueCount);
    const items = fakeItems();
    let told = 0;
    const outputs = await runAhead(open, items, (count) => {
      told += count;
    });
    expect(log.filter((line) => line !== 'close')).toHaveLength(ahead);
    expect(log.includes('close')).toBe(ahead === COUNT);
    const seen: number[] = [];
    for await (const chunk of items.read()) {
      const [item] = await outputs.next(chunk);
      seen.push(item?.[0]?.values[0] as number);
    }
    await outputs.close();
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, index) => index));
    expect(told).toBe(COUNT);
    expect(log.filter((line) => line.startsWith('run'))).toHaveLength(COUNT);
    expect(log.filter((line) => line === 'close')).toHaveLength(1);
  });

  test('that does not run is closed', async () => {
    const { log, open } = fakeRunner(1, 3);
    await expect(runAhead(open, fakeItems(), () => {})).rejects.toThrow('It does not run.');
    expect(log.at(-1)).toBe('close');
  });
});
