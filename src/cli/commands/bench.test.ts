import { Command } from 'commander';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { expandPlan, type ExperimentPlan, type ExperimentPlanInput, experimentPlanSchema } from '#shared/case.ts';
import type { Experiment } from '#shared/experiment.ts';
import { rerunCommands } from '#workbench/reports/rerun-commands.ts';
import { exampleContent, exampleHash } from '../../../tests/fakes/example-content.ts';
import { addBench } from './bench.ts';

const variants = [0, 1].map((index) => ({ id: exampleHash(index), name: `net ${index + 1}.onnx` }));
const STARTED = new Error('as far as the test goes');

/** What the command asks the workbench for, which gets no further. */
async function planOf(words: readonly string[]): Promise<ExperimentPlan> {
  let asked: ExperimentPlanInput | undefined;
  const client = {
    models: { list: () => Promise.resolve([{ variants }]) },
    experiments: {
      start: (plan: ExperimentPlanInput) => {
        asked = plan;
        return Promise.reject(STARTED);
      },
    },
  };
  const context = { stderr: { write: () => {}, isTerminal: false }, interrupted: new AbortController().signal };
  const program = new Command().exitOverride();
  addBench(
    program,
    (_command, action) => action({ client, context, isJson: false } as never).then(() => undefined),
    context as never,
  );
  await program.parseAsync(words, { from: 'user' }).catch((error: unknown) => {
    if (error !== STARTED) throw error;
  });
  return experimentPlanSchema.parse(asked);
}

/** As a POSIX shell takes a line apart that has no more than words and single quotes. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\'/g, (_whole, quoted?: string) => quoted ?? "'"),
  );
}

const name = fc.stringMatching(/^[a-zA-Z][\w. '"$-]{0,12}$/);
const setOf = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const scenarios = fc
  .record({
    single: fc.constant({ kind: 'single-stream' as const }),
    multi: fc.record(
      { kind: fc.constant('multi-stream' as const), itemsPerQuery: fc.integer({ min: 1, max: 9000 }) },
      { requiredKeys: ['kind'] },
    ),
    offline: fc.record(
      {
        kind: fc.constant('offline' as const),
        batchSizes: setOf([1, 4, 8]),
        instanceCounts: setOf([1, 2]),
        timeLimitSeconds: fc.integer({ min: 1, max: 600 }),
      },
      { requiredKeys: ['kind'] },
    ),
    server: fc.record(
      {
        kind: fc.constant('server' as const),
        latencyBoundMs: fc.oneof(fc.constant(null), fc.double({ min: 0.5, max: 50, noNaN: true })),
        percentile: fc.constantFrom(0.9, 0.999),
        instanceCount: fc.integer({ min: 1, max: 4 }),
      },
      { requiredKeys: ['kind'] },
    ),
  })
  .chain((all) => fc.subarray(Object.values(all)));

const plans = fc.record(
  {
    variantIds: setOf(variants.map(({ id }) => id)),
    providers: setOf(['node:cpu', 'node:webgpu'] as const),
    intraOpThreads: setOf([0, 1, 2]),
    batchSizes: setOf([1, 8]),
    settings: fc.record(
      {
        graphOptimization: fc.constantFrom('basic', 'all'),
        executionMode: fc.constantFrom('parallel', 'sequential'),
        interOpThreads: fc.integer({ min: 0, max: 8 }),
        cpuArena: fc.boolean(),
        memoryPattern: fc.boolean(),
        dimensions: fc.dictionary(name, fc.integer({ min: 1, max: 4096 }), { maxKeys: 2 }),
        sessionConfig: fc.dictionary(name, fc.string({ maxLength: 8, unit: 'grapheme-ascii' }), { maxKeys: 2 }),
      },
      { requiredKeys: [] },
    ),
    sweeps: fc.record(
      { spinning: setOf(['off', 'short'] as const), preciseInt8: setOf([false, true]) },
      { requiredKeys: [] },
    ),
    inputs: fc.oneof(
      fc.constant({ kind: 'generated' as const }),
      fc.constant({ kind: 'dataset' as const, datasetId: 'fashion-mnist/test' }),
    ),
    providerOptions: fc.record(
      {
        'node:webgpu': fc.array(fc.dictionary(name, fc.oneof(fc.boolean(), fc.integer(), name)), {
          minLength: 1,
          maxLength: 2,
        }),
      },
      { requiredKeys: [] },
    ),
    timeBudgetSeconds: fc.double({ min: 1, max: 86_400, noNaN: true }),
    stopEarly: fc.boolean(),
    precision: fc.integer({ min: 5, max: 5000 }).map((tenths) => tenths / 10_000),
    smallestDifference: fc.integer({ min: 1, max: 500 }).map((thousandths) => thousandths / 1000),
    seed: fc.integer({ min: 0, max: 0xffff_ffff }),
    latencyBound: fc.record({
      ms: fc.double({ min: 0.001, max: 3_600_000, noNaN: true }),
      statistic: fc.constantFrom('median', 'p99'),
    }),
    idleSeconds: fc.subarray([0.01, 1, 2.5]),
    idleRepeats: fc.integer({ min: 1, max: 100 }),
    sustainedSeconds: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 86_400, noNaN: true })),
    compareArena: fc.boolean(),
    runtimeInterface: fc.constantFrom('c', 'javascript'),
    scenarios,
    profile: fc.boolean(),
  },
  { requiredKeys: ['variantIds', 'providers', 'seed'] },
);

/** What decides of what is measured; one value of a sweep is a setting, and repeats of no idle time are none. */
function essence({ settings: _settings, sweeps: _sweeps, providerOptions: _options, ...plan }: ExperimentPlan) {
  return { ...plan, idleRepeats: plan.idleSeconds.length === 0 ? 0 : plan.idleRepeats };
}

test('the command that a report prints asks for the very cases and plan that were measured', async () => {
  const [experiment] = exampleContent(variants).experiments as [Experiment];
  await fc.assert(
    fc.asyncProperty(plans, async (input) => {
      const plan = experimentPlanSchema.parse(input);
      const { bench } = rerunCommands({ ...experiment, plan }, { variants: [], quality: [] });
      const again = await planOf(shellWords(bench).slice(1));
      expect(essence(again)).toEqual(essence(plan));
      expect(expandPlan(again)).toEqual(expandPlan(plan));
    }),
    { numRuns: 150 },
  );
});
