import { expect, test } from 'vitest';
import { experimentPlanSchema } from '#shared/case.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { SampleBlock } from '#shared/run.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { createStopRule } from './stop-rule.ts';

/** Blocks of samples within ± 2 % of a time. */
function blocksAround(ms: number, { rounds, samples }: { rounds: number; samples: number }): SampleBlock[] {
  const random = createRandom(Math.round(ms * 1000));
  return Array.from({ length: rounds }, (_, round) => ({
    blockIndex: round,
    round,
    startedAtMs: round,
    samplesMs: Array.from({ length: samples }, () => ms * (0.98 + 0.04 * random())),
  }));
}

/** Two runs, of 1 and 2 ms, which every look tells apart. */
function look(bound: LatencyBound | undefined, { rounds = 12, samples = 20, stopEarly = true } = {}) {
  const blocks = new Map([
    ['one', blocksAround(1, { rounds, samples })],
    ['two', blocksAround(2, { rounds, samples })],
  ]);
  const looks: number[] = [];
  const said: string[] = [];
  const plan = experimentPlanSchema.parse({
    variantIds: ['a'.repeat(64), 'b'.repeat(64)],
    providers: ['node:cpu'],
    latencyBound: bound,
    stopEarly,
  });
  const runs = [...blocks.keys()].map((id) => ({
    id,
    status: 'running',
    provider: 'node:cpu',
    settings: plan.settings,
  }));
  const store = {
    runs: {
      countBlocks: (id: string) => blocks.get(id)?.length ?? 0,
      listOf: () => runs,
      blocks: (id: string) => blocks.get(id) ?? [],
    },
    experiments: { addLook: (_id: string, round: number) => void looks.push(round), looks: () => looks },
  } as unknown as Parameters<typeof createStopRule>[0]['store'];
  const shouldStop = createStopRule({
    store,
    experiment: { id: 'e', plan },
    runIds: ['one', 'two'],
    onStop: (text) => said.push(text),
  });
  return { isEnd: shouldStop({ nextRound: rounds }), looks, said };
}

test('an experiment ends when its comparisons are decided', () => {
  expect(look(undefined)).toEqual({
    isEnd: true,
    looks: [12],
    said: ['Every comparison was decided after 12 rounds, before the time ended.'],
  });
  expect(look(undefined, { rounds: 13 })).toMatchObject({ isEnd: false, looks: [] });
});

test('one that is to use its whole time is not looked at', () => {
  expect(look(undefined, { stopEarly: false })).toEqual({ isEnd: false, looks: [], said: [] });
});

test.each<[string, LatencyBound, number, boolean]>([
  ['between the points', { ms: 1.5, statistic: 'median' }, 20, true],
  ['at one of the points', { ms: 2, statistic: 'median' }, 20, false],
  ['of a percentile that 20 samples in a block do not support', { ms: 1.5, statistic: 'p99' }, 20, false],
  ['of one that 500 support', { ms: 1.5, statistic: 'p99' }, 500, true],
])('with a bound %s, every point has to be decided against it too', (_, bound, samples, isEnd) => {
  const looked = look(bound, { samples });
  expect(looked).toMatchObject({ isEnd, looks: [12] });
  expect(looked.said.join('')).toMatch(isEnd ? /^Every comparison, and every point against the bound, was/ : /^$/);
});
