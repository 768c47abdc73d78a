import { describe, expect, test } from 'vitest';
import { exampleDevice, exampleExperiment, threeVersions } from '../../../../tests/fakes/example-content.ts';
import { experimentPlanSchema } from '#shared/case.ts';
import type { Model, Variant } from '#shared/model.ts';
import type { ProviderStatus } from '#shared/provider.ts';
import {
  caseCountOf,
  createDraft,
  findObstacles,
  openDimensions,
  parseThreads,
  type PlanDraft,
  toPlan,
  withBaseline,
  withVariant,
} from './plan-draft.ts';
import { budgetFor, casesText, durationText, foresee } from './plan-forecast.ts';

const { variants } = exampleExperiment(threeVersions);
const [original, int8, pruned] = variants as [Variant, Variant, Variant];

function modelOf(own: Variant[], changes: Partial<Model> = {}): Model {
  const [first] = own as [Variant];
  return {
    id: first.id,
    name: first.name,
    importedAtMs: 1,
    sourcePath: null,
    isSample: false,
    datasetId: null,
    variants: own,
    ...changes,
  };
}

const providers: ProviderStatus[] = [
  { id: 'node:cpu', title: 'CPU', status: 'usable', reason: null, advice: null, probeMs: 5, probedAtMs: 1 },
  { id: 'web:wasm', title: 'WebAssembly', status: 'usable', reason: null, advice: null, probeMs: 5, probedAtMs: 1 },
  {
    id: 'node:cuda',
    title: 'CUDA',
    status: 'unavailable',
    reason: 'No GPU.',
    advice: null,
    probeMs: null,
    probedAtMs: 1,
  },
];

const models = [modelOf([original, int8, pruned])];

function draftWith(changes: Partial<PlanDraft> = {}): PlanDraft {
  return { ...createDraft({ models, providers, requestedIds: [] }), ...changes };
}

function withInput(variant: Variant, shape: (number | string | null)[]): Variant {
  return { ...variant, inspection: { ...variant.inspection, inputs: [{ name: 'x', dtype: 'float32', shape }] } };
}

describe('what is chosen to begin with', () => {
  test('are the models that the user brought, where nothing is compressed and there are samples too', () => {
    const sample = modelOf([original], { isSample: true });
    const own = modelOf([int8]);
    const suggested = (known: Model[]) => createDraft({ models: known, providers, requestedIds: [] }).variantIds;
    expect(suggested([sample, own])).toEqual([int8.id]);
    expect(suggested([sample])).toEqual([original.id]);
  });

  test('is the model that was compressed last with its variants, on every native provider that works', () => {
    const older = modelOf([{ ...original, id: 'a'.repeat(64), createdAtMs: 1 }]);
    const draft = createDraft({ models: [older, ...models], providers, requestedIds: [] });
    expect(draft.variantIds).toEqual(variants.map(({ id }) => id));
    expect(draft.providers).toEqual(['node:cpu']);
    expect(findObstacles(draft)).toEqual([]);
  });

  test('is the browser’s providers, where no native one works', () => {
    const draft = createDraft({ models, providers: providers.filter(({ id }) => id !== 'node:cpu'), requestedIds: [] });
    expect(draft.providers).toEqual(['web:wasm']);
  });

  test('is the originals, where nothing was compressed yet', () => {
    const draft = createDraft({ models: [modelOf([original]), modelOf([int8])], providers, requestedIds: [] });
    expect(draft.variantIds).toEqual([original.id, int8.id]);
  });

  test('is what was asked for, in that order, without what the library does not hold', () => {
    const draft = createDraft({ models, providers, requestedIds: [pruned.id, 'gone', original.id, pruned.id] });
    expect(draft.variantIds).toEqual([pruned.id, original.id]);
  });
});

describe('choosing', () => {
  test('keeps the baseline, and the order of the library behind it', () => {
    const draft = draftWith({ variantIds: [pruned.id] });
    expect(withVariant(draft, original.id, { isChosen: true, models })).toEqual([pruned.id, original.id]);
    expect(
      withVariant(draftWith({ variantIds: [pruned.id, original.id] }), int8.id, { isChosen: true, models }),
    ).toEqual([pruned.id, original.id, int8.id]);
  });

  test('makes the first of the rest the baseline when the baseline goes', () => {
    expect(withVariant(draftWith(), original.id, { isChosen: false, models })).toEqual([int8.id, pruned.id]);
  });

  test('another baseline comes first', () => {
    expect(withBaseline([original.id, int8.id, pruned.id], pruned.id)).toEqual([pruned.id, original.id, int8.id]);
  });
});

describe('a plan', () => {
  test('holds what was entered, and is accepted by the contract', () => {
    const draft = draftWith({
      threads: ['default', '2'],
      batches: ['1', '8'],
      name: '  ',
      dimensions: { seq: 64, past: null },
    });
    const plan = experimentPlanSchema.parse(toPlan(draft));
    expect(plan).toMatchObject({ intraOpThreads: [0, 2], batchSizes: [1, 8], timeBudgetSeconds: 20 });
    expect(plan.settings.dimensions).toEqual({ seq: 64 });
    expect(plan.name).toBeUndefined();
    expect(caseCountOf(draft)).toBe(12);
  });

  test.each([
    [{ variantIds: [] }, 'at least one model'],
    [{ providers: [] }, 'at least one provider'],
    [{ threads: [] }, 'number of threads'],
    [{ threads: ['many'] }, '“many”'],
    [{ threads: ['0'] }, '“0”'],
    [{ batches: ['1.5'] }, '“1.5”'],
    [{ batches: ['-2'] }, '“-2”'],
    [{ timeBudgetSeconds: null }, 'measuring time'],
    [{ timeBudgetSeconds: 90_000 }, 'measuring time'],
  ] satisfies [Partial<PlanDraft>, string][])('with %j cannot be started', (changes, words) => {
    expect(findObstacles(draftWith(changes)).join(' ')).toContain(words);
  });

  test('says its dimensions beside the batch by name', () => {
    expect(
      openDimensions([withInput(original, ['N', 3, 'height', null]), withInput(int8, ['N', 3, 'height', 'batch_2'])]),
    ).toEqual(['height', 'x:3']);
  });

  test.each([
    ['default', 0],
    [' Default ', 0],
    ['4', 4],
    ['0', null],
    ['4 threads', null],
    ['1e3', null],
  ])('reads %j as a number of threads', (text, count) => {
    expect(parseThreads(text)).toBe(count);
  });
});

describe('a forecast', () => {
  const about = { variants: [original], device: exampleDevice };

  test('counts the cases in words', () => {
    expect(casesText(draftWith({ batches: ['1', '8'] }))).toBe('6 cases: 3 models on 1 provider at 2 batch sizes');
    expect(durationText(draftWith(), undefined)).toBe('Usually 9 s to 38 s with loading and warm-up');
  });

  test('says what goes wrong before it does', () => {
    expect(foresee(draftWith(), about)).toEqual([]);
    expect(foresee(draftWith({ timeBudgetSeconds: 2 }), about).join(' ')).toContain('too short');
    expect(foresee(draftWith({ threads: ['64'] }), about).join(' ')).toContain('64 threads');
    expect(foresee(draftWith({ variantIds: [original.id] }), about).join(' ')).toContain('nothing is compared');
    const fixed = { variants: [withInput(original, [1, 3, 8, 8])], device: exampleDevice };
    expect(foresee(draftWith({ batches: ['1', '8'] }), fixed).join(' ')).toContain(
      'fixed batch of 1 and cannot be run at 8',
    );
  });

  test('offers five seconds for each case, and never less than the default', () => {
    expect(budgetFor(draftWith())).toBe(20);
    expect(budgetFor(draftWith({ batches: ['1', '2', '4', '8'] }))).toBe(60);
  });
});

describe('what follows the blocks', () => {
  const draft = createDraft({ models: [], providers: [], requestedIds: [] });

  test('is part of the forecast, since it takes as long as it says', () => {
    const one = draftWith({ variantIds: [original.id], idleSeconds: ['2'], sustainedSeconds: 60 });
    expect(durationText(one, undefined)).toBe('Usually 1 min 27 s to 1 min 32 s with loading and warm-up');
  });

  test('is in the plan as it was entered', () => {
    const chosen = { ...draft, idleSeconds: ['0.5', ' 10 '], sustainedSeconds: 60, compareArena: true };
    expect(toPlan(chosen)).toMatchObject({ idleSeconds: [0.5, 10], sustainedSeconds: 60, compareArena: true });
  });

  test.each(['', 'soon', '0', '3601'])('cannot be “%s” seconds of nothing', (text) => {
    expect(findObstacles({ ...draft, idleSeconds: [text] })).toContain(
      `“${text}” is no time of nothing: write seconds from 0.01 to 3600.`,
    );
  });
});

describe('scenarios', () => {
  const planOf = (changes: Partial<PlanDraft>) => experimentPlanSchema.parse(toPlan(draftWith(changes)));

  test('are none by themselves, and take their defaults when they are switched on', () => {
    expect(planOf({}).scenarios).toEqual([]);
    expect(planOf({ scenarios: { offline: {} } }).scenarios).toEqual([
      { kind: 'offline', batchSizes: [1, 8, 32], instanceCounts: null, timeLimitSeconds: 60 },
    ]);
  });

  test('the server takes the latency bound of the plan, unless it has one of its own', () => {
    const latencyBound = { ms: 12, statistic: 'median' } as const;
    const boundOf = (changes: Partial<PlanDraft>) => planOf(changes).scenarios[0];
    expect(boundOf({ scenarios: { server: {} } })).toMatchObject({ latencyBoundMs: null });
    expect(boundOf({ latencyBound, scenarios: { server: {} } })).toMatchObject({ latencyBoundMs: 12 });
    expect(boundOf({ latencyBound, scenarios: { server: { latencyBoundMs: 3 } } })).toMatchObject({
      latencyBoundMs: 3,
    });
  });

  test('a setting that cannot be taken prevents the start, and is named', () => {
    expect(findObstacles(draftWith({ scenarios: { offline: { batchSizes: [] } } })).join(' ')).toMatch(
      /^Offline: “Batch sizes” is \[\], and must be at least 1 long/,
    );
    expect(findObstacles(draftWith({ scenarios: { server: { confidence: 0.9 } } }))).toEqual([]);
  });

  test('their time is part of the forecast', () => {
    expect(
      durationText(
        draftWith({ variantIds: [original.id], scenarios: { server: { timeLimitSeconds: 600 } } }),
        undefined,
      ),
      // Arrivals that come late included.
    ).toMatch(/^Usually 21 s to 26 s with loading and warm-up, and 2 s to 12 min \d+ s more for the scenarios$/);
  });
});

describe('inputs', () => {
  test.each<[PlanDraft['inputs'], unknown]>([
    [{ kind: 'generated', datasetId: 'a', path: '/b.npz' }, { kind: 'generated' }],
    [
      { kind: 'dataset', datasetId: 'a/test', path: '/b.npz' },
      { kind: 'dataset', datasetId: 'a/test' },
    ],
    [
      { kind: 'file', datasetId: 'a', path: ' /b.npz ' },
      { kind: 'file', path: '/b.npz' },
    ],
  ])('%j are those of the plan', (inputs, expected) => {
    expect(findObstacles(draftWith({ inputs }))).toEqual([]);
    expect(experimentPlanSchema.parse(toPlan(draftWith({ inputs }))).inputs).toEqual(expected);
  });

  test.each<[Partial<PlanDraft['inputs']>, string]>([
    [{ kind: 'dataset' }, 'Name the folder whose first items are the inputs.'],
    [{ kind: 'file' }, 'Choose the file with the inputs.'],
    [{ kind: 'file', path: 'b.npz' }, '“b.npz” is no whole path: write it from the root on.'],
  ])('%j stand in the way of a start', (changes, expected) => {
    const inputs = { kind: 'generated' as const, datasetId: '', path: '', ...changes };
    expect(findObstacles(draftWith({ inputs }))).toEqual([expected]);
  });
});
