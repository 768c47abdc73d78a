import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import { type MeasuredBlock, type MeasuredCase, measureRounds } from './measure-rounds.ts';

/** A clock that moves only when a fake case measures. */
function createFakeClock() {
  let nowMs = 0;
  return {
    now: () => nowMs,
    createCase: (
      id: string,
      runMs: number,
      options: { failsAtBlock?: number; error?: Error; hangsMs?: number } = {},
    ): MeasuredCase => {
      let blockCount = 0;
      return {
        id,
        runMs,
        measure: async ({ durationMs, minimumSamples }) => {
          blockCount += 1;
          if (blockCount === options.failsAtBlock) {
            nowMs += options.hangsMs ?? 0;
            throw options.error ?? new AppError('engine-crashed', 'It crashed.');
          }
          const startedAtMs = nowMs;
          const count = Math.max(minimumSamples, Math.floor(durationMs / runMs));
          nowMs += count * runMs;
          return { startedAtMs, samplesMs: new Float64Array(count).fill(runMs), context: null };
        },
      };
    },
  };
}

async function measure(
  cases: MeasuredCase[],
  now: () => number,
  options: {
    budgetMs?: number;
    firstRound?: number;
    shouldStop?: (state: { roundsDone: number; nextRound: number }) => boolean;
  } = {},
) {
  const blocks: MeasuredBlock[] = [];
  const failures: [string, string][] = [];
  const fractions: number[] = [];
  const timeEnds: { roundsDone: number; roundCount: number }[] = [];
  const survivors = await measureRounds({
    cases,
    budgetMs: options.budgetMs ?? 10_000,
    seed: 1,
    firstRound: options.firstRound ?? 0,
    now,
    onBlock: (block) => blocks.push(block),
    onFailure: (caseId, error) => failures.push([caseId, error.kind]),
    ...(options.shouldStop ? { shouldStop: options.shouldStop } : {}),
    onTimeEnd: (state) => timeEnds.push(state),
    onProgress: ({ fraction }) => fractions.push(fraction),
  });
  return { blocks, failures, fractions, timeEnds, survivors };
}

describe('measuring in rounds', () => {
  test('every round holds one block of each case, and the budget is spent', async () => {
    const clock = createFakeClock();
    const { blocks, survivors } = await measure([clock.createCase('a', 2), clock.createCase('b', 4)], clock.now);
    const rounds = Map.groupBy(blocks, (block) => block.round);
    expect([...rounds.keys()]).toEqual(Array.from({ length: 40 }, (_, round) => round));
    for (const inRound of rounds.values()) expect(inRound.map((block) => block.caseId).toSorted()).toEqual(['a', 'b']);
    expect(clock.now()).toBeGreaterThan(9000);
    expect(clock.now()).toBeLessThanOrEqual(10_000);
    expect(survivors).toEqual(['a', 'b']);
  });

  test('runs that take longer than in the warm-up end the time before the rounds, which is told', async () => {
    const clock = createFakeClock();
    const { blocks, timeEnds } = await measure([{ ...clock.createCase('a', 250), runMs: 100 }], clock.now);
    const [end] = timeEnds;
    expect(timeEnds).toHaveLength(1);
    expect(end?.roundsDone).toBe(blocks.length);
    expect(end?.roundCount).toBeGreaterThan(blocks.length);
    expect(blocks.length).toBeGreaterThan(0);
  });

  test('neither all rounds, nor a decision, nor the failure of every case is an end of the time', async () => {
    const clock = createFakeClock();
    const ends = [
      await measure([clock.createCase('a', 2)], clock.now),
      await measure([clock.createCase('a', 2)], clock.now, { shouldStop: ({ roundsDone }) => roundsDone === 3 }),
      await measure([clock.createCase('a', 2, { failsAtBlock: 2 })], clock.now),
    ];
    expect(ends.map(({ timeEnds }) => timeEnds)).toEqual([[], [], []]);
  });

  test('a case that fails leaves, keeps its blocks, and the others go on', async () => {
    const clock = createFakeClock();
    const cases = [clock.createCase('a', 2), clock.createCase('b', 2, { failsAtBlock: 4 })];
    const { blocks, failures, survivors } = await measure(cases, clock.now);
    expect(failures).toEqual([['b', 'engine-crashed']]);
    expect(blocks.filter((block) => block.caseId === 'b')).toHaveLength(3);
    expect(blocks.filter((block) => block.caseId === 'a')).toHaveLength(40);
    expect(survivors).toEqual(['a']);
  });

  test('the others get all of the time when one hangs', async () => {
    const clock = createFakeClock();
    const cases = [clock.createCase('a', 2), clock.createCase('b', 2, { failsAtBlock: 4, hangsMs: 30_000 })];
    const { blocks, fractions } = await measure(cases, clock.now);
    expect(blocks.filter((block) => block.caseId === 'a')).toHaveLength(40);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  });

  test('ends when no case is left', async () => {
    const clock = createFakeClock();
    const { blocks, survivors } = await measure([clock.createCase('a', 2, { failsAtBlock: 1 })], clock.now);
    expect(blocks).toEqual([]);
    expect(survivors).toEqual([]);
  });

  test('a cancel and a bug end it at once', async () => {
    const clock = createFakeClock();
    const cancelled = clock.createCase('a', 2, {
      failsAtBlock: 3,
      error: new AppError('cancelled', 'It was cancelled.'),
    });
    await expect(measure([cancelled], clock.now)).rejects.toMatchObject({ kind: 'cancelled' });
    const broken = clock.createCase('b', 2, { failsAtBlock: 2, error: new TypeError('a bug') });
    await expect(measure([broken], clock.now)).rejects.toThrow('a bug');
  });

  test('goes on counting rounds where saved blocks end', async () => {
    const clock = createFakeClock();
    const { blocks } = await measure([clock.createCase('a', 2)], clock.now, { firstRound: 7, budgetMs: 1000 });
    expect(blocks[0]?.round).toBe(7);
  });

  test('a stop rule ends it between rounds, and is not asked when the time has ended it', async () => {
    const clock = createFakeClock();
    const asked: number[] = [];
    const { blocks } = await measure([clock.createCase('a', 2)], clock.now, {
      firstRound: 7,
      shouldStop({ roundsDone, nextRound }) {
        asked.push(roundsDone);
        return nextRound === 12;
      },
    });
    expect(asked).toEqual([0, 1, 2, 3, 4, 5]);
    expect(blocks).toHaveLength(5);
    asked.length = 0;
    const whole = await measure([clock.createCase('b', 2)], clock.now, {
      shouldStop: ({ roundsDone }) => asked.push(roundsDone) < 0,
    });
    expect(asked).toHaveLength(whole.blocks.length);
  });

  test('stops in time when runs take longer than the warm-up said', async () => {
    const clock = createFakeClock();
    const quick = clock.createCase('a', 10);
    const slowed: MeasuredCase = {
      ...quick,
      measure: async (plan) => {
        await quick.measure(plan);
        return quick.measure(plan);
      },
    };
    await measure([slowed], clock.now, { budgetMs: 5000 });
    expect(clock.now()).toBeLessThan(5600);
  });

  test('progress rises and stays within 0..1', async () => {
    const clock = createFakeClock();
    const { fractions } = await measure([clock.createCase('a', 2), clock.createCase('b', 30)], clock.now);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions[0]).toBe(0);
    expect(fractions.at(-1)).toBeLessThanOrEqual(1);
  });
});
