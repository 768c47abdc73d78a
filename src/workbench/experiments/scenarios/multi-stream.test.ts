import { expect, it } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { EngineParams } from '#shared/engine-protocol.ts';
import { deriveMultiStream, multiStreamPlanSchema } from '#shared/scenarios/multi-stream.ts';
import { fakeScenarioContext } from '../../../../tests/fakes/scenario-context.ts';
import { multiStream } from './multi-stream.ts';

async function measure(itemsPerQuery: number, { isBatchFixed }: { isBatchFixed: boolean }) {
  let batchSize = 0;
  const { context, blocks, killedCount } = fakeScenarioContext((method, params) => {
    switch (method) {
      case 'session.load':
        ({ batchSize } = (params as EngineParams<'session.load'>).settings);
        if (isBatchFixed && batchSize > 1) throw new AppError('unsupported', 'The model fixes its batch to 1.');
        return {};
      case 'session.warmUp':
        return { lastRunMs: 1 };
      case 'session.measure':
        return { startedAtMs: 1, samplesMs: new Float64Array(1001).fill(batchSize * 0.5 + 0.5) };
      default:
        return {};
    }
  });
  await multiStream.measure(multiStreamPlanSchema.parse({ kind: 'multi-stream', itemsPerQuery }), context);
  return {
    result: deriveMultiStream(blocks.filter((block) => block.kind === 'multi-stream')),
    killedCount: killedCount(),
  };
}

it('a query is one batch of its items', async () => {
  const { result } = await measure(8, { isBatchFixed: false });
  expect(result).toMatchObject({ itemsPerQuery: 8, runsPerQuery: 1, latencyMs: { p99: 4.5 } });
  expect(result?.itemsPerSecond).toBeCloseTo(8000 / 4.5);
});

it('a query is one run after another where the model fixes its batch, and half a query is none', async () => {
  const { result, killedCount } = await measure(8, { isBatchFixed: true });
  expect(result).toMatchObject({ itemsPerQuery: 8, runsPerQuery: 8, latencyMs: { p99: 8 } });
  // 1001 runs are 125 whole queries; blocks come until there are 2000.
  expect(result?.latencyMs.count).toBe(2000);
  expect(killedCount).toBe(2);
});
