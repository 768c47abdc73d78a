import { describe, expect, test } from 'vitest';
import { answerOf } from './answer.ts';
import { type Choice, chooseVersion } from './choose-version.ts';
import {
  exampleBlocks,
  exampleContent,
  type ExampleModel,
  threeVersions,
} from '../../../tests/fakes/example-content.ts';
import { deriveResults } from './derive-results.ts';
import type { SampleBlock } from '../run.ts';
import type { ResultRow } from './result-row.ts';

const rowsOf = (content: ReturnType<typeof exampleContent>): ResultRow[] =>
  content.experiments.flatMap((experiment) => deriveResults(experiment, content).rows);
const choose = (models: ExampleModel[], options: Parameters<typeof exampleContent>[1] = {}): Choice =>
  chooseVersion(rowsOf(exampleContent(models, options)));
const chosenName = (choice: Choice): string | null =>
  choice.kind === 'chosen' ? choice.chosen.row.run.model.name : null;

describe('a version whose accuracy was not measured', () => {
  const content = exampleContent([
    { name: 'net', medianMs: 2, correct: 9250 },
    { name: 'fast', medianMs: 1, correct: 9245, discordant: [20, 25] },
  ]);
  const answer = (quality: typeof content.quality, experiment = content.experiments[0]) => {
    if (experiment === undefined) throw new Error('The example has no experiment.');
    const { rows, answers } = deriveResults(experiment, { ...content, quality });
    return { rows, ...answers[0] };
  };
  const unlabelled = content.quality.map((item) => ({ ...item, metrics: {}, paired: null }));

  test('is one to try, and not to ship', () => {
    const { headline, caveats } = answer([]);
    expect(headline).toMatch(/^Try “fast” .* what it costs in accuracy was not measured\.$/);
    expect(caveats?.[0]).toContain('Evaluate the versions before you ship one.');
  });

  test('comes with how close its outputs stay, where that was measured', () => {
    const { headline, evidence, rows } = answer(unlabelled);
    expect(headline).toMatch(/^Try “fast” .*\(99\.11 % same class, cosine 0\.9987\)\.$/);
    expect(evidence).toContain(
      'Outputs beside those of “net” on 10,000 items of fashion-mnist/test: 99.11 % same class, cosine 0.9987, signal to noise 31.3 dB.',
    );
    expect(rows.map(({ fidelity }) => fidelity?.variantId ?? null)).toEqual([null, content.quality[1]?.variantId]);
  });

  test('says of how many items each accuracy is, where they were not compared item by item', () => {
    const counts = [1000, 10_000];
    const quality = content.quality.map((item, index) => ({ ...item, paired: null, itemCount: counts[index] ?? 0 }));
    expect(answer(quality).evidence?.join(' ')).toContain(
      '(on 10,000 items and on 1,000 items); the two were not compared item by item.',
    );
  });

  test('is no less known where it is the same file in another way', () => {
    const measured = exampleContent([{ name: 'net', medianMs: 2 }]).experiments[0];
    const [first] = measured?.runs ?? [];
    if (!measured || !first?.latencyMs) throw new Error('The example has no run.');
    const inTwoThreads = {
      ...first,
      id: 'two',
      settings: { ...first.settings, intraOpThreads: 2 },
      latencyMs: { ...first.latencyMs, median: 1 },
    };
    const { headline, caveats } = deriveResults(
      { ...measured, runs: [first, inTwoThreads] },
      {
        quality: [],
        blocksByRunId: new Map([
          [first.id, exampleBlocks(2)],
          ['two', exampleBlocks(1)],
        ]),
      },
    ).answers[0] ?? { headline: '', caveats: ['none'] };
    expect(headline).toMatch(/^Ship “net” .*; it is the same file\.$/);
    expect(caveats).toEqual([]);
  });
});

test('of one file in several ways, accuracy is no question, whichever way is chosen', () => {
  const [experiment] = exampleContent([{ name: 'net', medianMs: 2 }]).experiments;
  const [first] = experiment?.runs ?? [];
  if (!experiment || !first) throw new Error('The example has no run.');
  const slower = { ...first, id: 'two', settings: { ...first.settings, intraOpThreads: 2 } };
  const { headline, caveats } = deriveResults(
    { ...experiment, runs: [first, slower] },
    {
      quality: [],
      blocksByRunId: new Map([
        [first.id, exampleBlocks(2)],
        ['two', exampleBlocks(4)],
      ]),
    },
  ).answers[0] ?? { headline: '', caveats: ['none'] };
  expect(headline).toMatch(/^Keep “net”/);
  expect(caveats).toEqual([]);
});

test('of many versions that are as fast the first are named and the others counted', () => {
  const names = ['net', 'b', 'c', 'd', 'e', 'f', 'g'];
  const [experiment] = exampleContent(names.map((name) => ({ name, medianMs: 2 }))).experiments;
  if (!experiment) throw new Error('The example has no experiment.');
  const blocksByRunId = new Map(experiment.runs.map(({ id }) => [id, exampleBlocks(2)]));
  const evidence = deriveResults(experiment, { quality: [], blocksByRunId }).answers[0]?.evidence.join(' ') ?? '';
  expect(evidence).toContain('“b” on node:cpu, “c” on node:cpu, “d” on node:cpu, and 3 others');
  expect(evidence).not.toContain('“e”');
});

test('a speed that is hardly known is given as its interval', () => {
  const content = exampleContent(threeVersions.slice(0, 2));
  const [experiment] = content.experiments;
  const [net, fast] = experiment?.runs ?? [];
  if (!experiment || !net || !fast) throw new Error('The example has no runs.');
  const noisy = [3, 2, 1.2, 1.8, 2.6, 1.4, 2.2, 3.1, 1.3, 2.4].map((medianMs, round) => ({
    ...(exampleBlocks(medianMs, { rounds: 1 })[0] as SampleBlock),
    blockIndex: round,
    round,
  }));
  const blocksByRunId = new Map([
    [net.id, noisy],
    [fast.id, exampleBlocks(1)],
  ]);
  // Those of the example are of its own blocks.
  const unknown = { ...experiment, comparisons: [] };
  expect(deriveResults(unknown, { ...content, blocksByRunId }).answers[0]?.headline).toMatch(
    /^Ship “net\.int8” on node:cpu: \d\.\d\d–\d\.\d\d× faster and/,
  );
});

describe('the version to ship', () => {
  test.each<[rule: string, models: ExampleModel[], expected: string]>([
    ['the fastest of those that are as accurate', threeVersions, 'net.int8'],
    [
      'the original, when everything else is slower',
      [
        { name: 'net', medianMs: 1, correct: 9000 },
        { name: 'slow', medianMs: 3, sizeBytes: 1000, correct: 9000 },
      ],
      'net',
    ],
    [
      'the smaller file, when the times cannot be told apart',
      [
        { name: 'net', medianMs: 1, sizeBytes: 4000, correct: 9000 },
        { name: 'half', medianMs: 1, sizeBytes: 2000, correct: 9000 },
      ],
      'half',
    ],
    [
      'the earlier one, when neither time nor size tells them apart',
      [
        { name: 'net', medianMs: 1, sizeBytes: 4000, correct: 9000 },
        { name: 'copy', medianMs: 1, sizeBytes: 4000, correct: 9000 },
      ],
      'net',
    ],
    [
      'not one of unknown accuracy, when that of the original is known',
      [
        { name: 'net', medianMs: 2, correct: 9000 },
        { name: 'unknown', medianMs: 1 },
      ],
      'net',
    ],
    [
      'the fastest, when nothing is known of accuracy',
      [
        { name: 'net', medianMs: 2 },
        { name: 'fast', medianMs: 1 },
      ],
      'fast',
    ],
    [
      'one that is measured, when a faster one failed',
      [{ name: 'net', medianMs: 2 }, { name: 'failed' }, { name: 'fast', medianMs: 1 }],
      'fast',
    ],
  ])('is %s', (_, models, expected) => {
    expect(chosenName(choose(models))).toBe(expected);
  });

  test('names what is faster at a price, and what was left out', () => {
    const choice = choose([...threeVersions, { name: 'unknown', medianMs: 0.1 }]);
    expect(choice).toMatchObject({
      kind: 'chosen',
      fasterButLessAccurate: { row: { run: { model: { name: 'net.pruned' } } }, accuracy: { verdict: 'worse' } },
      unknownAccuracy: [{ run: { model: { name: 'unknown' } } }],
    });
  });

  test('is not claimed from too few rounds, however large the difference', () => {
    expect(
      choose(
        [
          { name: 'net', medianMs: 2 },
          { name: 'fast', medianMs: 1 },
        ],
        { rounds: 5 },
      ),
    ).toMatchObject({
      kind: 'undecided',
      pairCount: 5,
    });
  });

  test('needs the first model of the plan to hold others against', () => {
    expect(choose([{ name: 'net' }, { name: 'fast', medianMs: 1 }])).toMatchObject({
      kind: 'no-reference',
      fastest: { run: { model: { name: 'fast' } } },
    });
  });

  test('may be the same file on another provider', () => {
    const content = exampleContent([{ name: 'net', medianMs: 2, correct: 9000 }], {
      providers: ['node:cpu', 'node:webgpu'],
    });
    const rows = rowsOf(content);
    const faster = rows.map((row, index) =>
      index === 0
        ? row
        : { ...row, blocks: row.blocks.map((block) => ({ ...block, samplesMs: block.samplesMs.map((ms) => ms / 2) })) },
    );
    const second = faster[1] as ResultRow;
    if (second.run.latencyMs) second.run = { ...second.run, latencyMs: { ...second.run.latencyMs, median: 1 } };
    expect(chooseVersion(faster)).toMatchObject({
      kind: 'chosen',
      chosen: { row: { run: { provider: 'node:webgpu' } } },
    });
  });
});

describe('the answer in words', () => {
  const answer = (models: ExampleModel[], options: Parameters<typeof exampleContent>[1] = {}) =>
    answerOf(rowsOf(exampleContent(models, options)), { batchSize: 1, status: 'completed' });

  test('gives the price of what is faster but less accurate', () => {
    expect(answer(threeVersions).evidence.at(-1)).toMatch(
      /^Faster at a price: “net\.pruned” on node:cpu is 4\.00× faster than “net” on node:cpu, but it costs 4\.50 points of top-1 accuracy \(95 % interval −\d\.\d\d to −\d\.\d\d\)\.$/,
    );
  });

  test('keeps the original where nothing is better', () => {
    const { headline } = answer([
      { name: 'net', medianMs: 1, correct: 9000 },
      { name: 'slow', medianMs: 3, correct: 9000 },
    ]);
    expect(headline).toBe('Keep “net” on node:cpu: no other version was measurably faster, or as fast and smaller.');
  });

  test('says that what is faster is less accurate', () => {
    const { headline } = answer([
      { name: 'net', medianMs: 2, correct: 9250 },
      { name: 'bad', medianMs: 1, correct: 8000, discordant: [10, 1260] },
    ]);
    expect(headline).toBe('Keep “net” on node:cpu: what is faster is less accurate.');
  });

  test('never calls a difference inside the noise faster', () => {
    const { headline, evidence } = answer([
      { name: 'net', medianMs: 1, sizeBytes: 4000, correct: 9000 },
      { name: 'half', medianMs: 1.001, sizeBytes: 2000, correct: 9000 },
    ]);
    expect(headline).toContain('as fast as far as can be told and 50 % smaller');
    expect(evidence[0]).toContain('the difference lies inside the noise');
    expect([headline, ...evidence].join(' ')).not.toMatch(/\d× faster/);
  });

  test('mentions runs that gave no result', () => {
    expect(answer([{ name: 'net', medianMs: 1 }, { name: 'b', medianMs: 2 }, { name: 'c' }]).caveats).toContain(
      '1 of 3 runs gave no complete result and could not be considered.',
    );
  });

  test('warns of unstable times', () => {
    const content = exampleContent([
      { name: 'net', medianMs: 1 },
      { name: 'b', medianMs: 2 },
    ]);
    const run = content.experiments[0]?.runs[0];
    if (run) run.stability = { verdict: 'unstable', reasons: [{ kind: 'drift', message: 'It drifts.' }] };
    const { caveats } = answerOf(rowsOf(content), { batchSize: 1, status: 'completed' });
    expect(caveats).toContain('The times of “net” on node:cpu are unstable: see the notes on the runs.');
  });

  test.each([
    ['running', 'still being measured'],
    ['interrupted', 'It can be resumed.'],
    ['failed', 'nothing could be measured. The engine died of “a”.'],
  ] as const)('of an experiment that is %s says why there is none', (status, expected) => {
    const rows = rowsOf(exampleContent([{ name: 'a' }]));
    expect(answerOf(rows, { batchSize: 1, status }).headline).toContain(expected);
  });
});
