import { describe, expect, test } from 'vitest';
import type { Experiment } from '#shared/experiment.ts';
import type { Fidelity } from '#shared/model.ts';
import { exampleContent, exampleHash, type ExampleModel, threeVersions } from '../../../tests/fakes/example-content.ts';
import { rerunCommands, shellWord } from './rerun-commands.ts';

function commandsOf(models: readonly ExampleModel[], change: (experiment: Experiment) => void = () => {}) {
  const { experiments, variants, quality } = exampleContent(models);
  const experiment = experiments[0] as Experiment;
  change(experiment);
  return rerunCommands(experiment, { variants, quality });
}

test('the commands make the variants, measure, evaluate and export again', () => {
  expect(commandsOf(threeVersions)).toEqual({
    files: [
      { fileName: 'net.onnx', sha256: exampleHash(0) },
      { fileName: 'net.int8.onnx', sha256: exampleHash(1) },
      { fileName: 'net.pruned.onnx', sha256: exampleHash(2) },
    ],
    compress: [
      'whittle compress net.onnx --recipe net.int8.recipe.json -o net.int8.onnx',
      'whittle compress net.onnx --recipe net.pruned.recipe.json -o net.pruned.onnx',
    ],
    bench:
      'whittle bench net.onnx net.int8.onnx net.pruned.onnx --provider node:cpu --threads 0 --batch 1 --time 20 --seed 42',
    evaluate: [
      'whittle evaluate net.onnx --data fashion-mnist/test --limit 10000 --provider node:cpu',
      'whittle evaluate net.int8.onnx --data fashion-mnist/test --limit 10000 --reference net.onnx --provider node:cpu',
      'whittle evaluate net.pruned.onnx --data fashion-mnist/test --limit 10000 --reference net.onnx --provider node:cpu',
    ],
    reproduce: 'whittle bench --reproduce experiment-1',
    exportRuns: 'whittle runs export experiment-1 -o experiment-1.runs.json',
  });
});

test('every setting that was changed is among the words', () => {
  const { bench } = commandsOf(threeVersions, ({ plan }) => {
    plan.settings = { ...plan.settings, graphOptimization: 'basic', cpuArena: false, dimensions: { height: 224 } };
    plan.settings.sessionConfig = { 'session.disable_prepacking': '1' };
    plan.sweeps = { spinning: ['off', 'short'] };
    plan.precision = 0.007;
    plan.smallestDifference = 0.02;
    plan.providerOptions = { 'node:cpu': [{}], 'node:webgpu': [{}, { preferredLayout: 'NCHW' }] };
  });
  expect(bench).toContain(
    `--precision 0.7 --smallest-difference 2 --seed 42 --set graphOptimization=basic --set spinning=off,short --set cpuArena=false --dimension height=224 --session-config session.disable_prepacking=1 --provider-option 'node:webgpu={}' --provider-option 'node:webgpu={"preferredLayout":"NCHW"}'`,
  );
});

test('quality of the first items, or of a folder, is measured on as many of it again', () => {
  const { experiments, variants, quality } = exampleContent(threeVersions);
  const [first] = quality;
  const partial = first ? [{ ...first, datasetId: '/home/somebody/photos', itemCount: 1000 }] : [];
  const { evaluate } = rerunCommands(experiments[0] as Experiment, { variants, quality: partial });
  expect(evaluate).toEqual(['whittle evaluate net.onnx --data ./photos --limit 1000 --provider node:cpu']);
});

test.each([
  ['fashion-mnist/train5k', '--data fashion-mnist/train5k '],
  ['/home/somebody/photos', '--data ./photos '],
  ['generated', ''],
])('a variant that was calibrated on %s says so', (inputs, words) => {
  const { experiments, variants, quality } = exampleContent(threeVersions);
  const fidelity = quality.map((own) => own.fidelity).find((own) => own !== null) as Fidelity;
  const calibrated = variants.map((variant) => ({ ...variant, fidelity: { ...fidelity, inputs } }));
  const { compress } = rerunCommands(experiments[0] as Experiment, { variants: calibrated, quality });
  expect(compress[0]).toBe(`whittle compress net.onnx --recipe net.int8.recipe.json ${words}-o net.int8.onnx`);
});

test('a variant that was calibrated on a file of arrays names it', () => {
  const { experiments, variants, quality } = exampleContent(threeVersions);
  const fidelity = quality.map((own) => own.fidelity).find((own) => own !== null) as Fidelity;
  const calibrated = variants.map((variant) => ({
    ...variant,
    fidelity: { ...fidelity, inputs: 'file:frames.npz@0123456789ab' },
  }));
  const { compress } = rerunCommands(experiments[0] as Experiment, { variants: calibrated, quality });
  expect(compress[0]).toBe(
    'whittle compress net.onnx --recipe net.int8.recipe.json --inputs frames.npz -o net.int8.onnx',
  );
});

test('quality on rows of a file names the array with the classes, and the file is among those to bring', () => {
  const { experiments, variants, quality } = exampleContent(threeVersions);
  const datasetId = 'file:test set.npz@0123456789ab#y';
  const onFile = quality.slice(0, 2).map((item) => ({ ...item, datasetId, itemCount: 1000 }));
  const { evaluate, files } = rerunCommands(experiments[0] as Experiment, { variants, quality: onFile });
  expect(evaluate).toEqual([
    "whittle evaluate net.onnx --inputs 'test set.npz' --labels y --limit 1000 --provider node:cpu",
    "whittle evaluate net.int8.onnx --inputs 'test set.npz' --labels y --limit 1000 --reference net.onnx --provider node:cpu",
  ]);
  expect(files.slice(3)).toEqual([{ fileName: 'test set.npz', sha256: '0123456789ab…' }]);
});

test('where an older version did not record the array with the classes, its place is kept', () => {
  const { experiments, variants, quality } = exampleContent(threeVersions);
  const onFile = quality
    .slice(0, 1)
    .map((item) => ({ ...item, datasetId: 'file:test.npz@0123456789ab', itemCount: 10 }));
  const { evaluate } = rerunCommands(experiments[0] as Experiment, { variants, quality: onFile });
  expect(evaluate).toEqual([
    'whittle evaluate net.onnx --inputs test.npz --labels NOT_RECORDED --limit 10 --provider node:cpu',
  ]);
});

test('what a measured file was made of and held against is among the files, by its name', () => {
  const { experiments, variants, quality } = exampleContent(threeVersions);
  const experiment = experiments[0] as Experiment;
  const small = exampleHash(1);
  const alone = {
    ...experiment,
    plan: { ...experiment.plan, variantIds: [small] },
    runs: experiment.runs.filter(({ model }) => model.sha256 === small),
  };
  const { files, compress, evaluate } = rerunCommands(alone, { variants, quality });
  expect(files).toEqual([
    { fileName: 'net.int8.onnx', sha256: small },
    { fileName: 'net.onnx', sha256: exampleHash(0) },
  ]);
  expect(compress).toEqual(['whittle compress net.onnx --recipe net.int8.recipe.json -o net.int8.onnx']);
  expect(evaluate).toEqual([
    'whittle evaluate net.int8.onnx --data fashion-mnist/test --limit 10000 --reference net.onnx --provider node:cpu',
  ]);
});

test('the file that was measured on is among those to bring, once, with its whole hash', () => {
  const { experiments, variants, quality } = exampleContent(threeVersions);
  const experiment = experiments[0] as Experiment;
  const sha256 = '0123456789ab'.padEnd(64, '0');
  const inputs = { kind: 'file' as const, path: '/home/somebody/frames.npz', sha256 };
  const onFile = quality.map((item) => ({ ...item, datasetId: 'file:frames.npz@0123456789ab' }));
  const { files } = rerunCommands(
    { ...experiment, plan: { ...experiment.plan, inputs } },
    { variants, quality: onFile },
  );
  expect(files.slice(3)).toEqual([{ fileName: 'frames.npz', sha256 }]);
});

describe('file names', () => {
  test('are told apart by their hash where models have the same name', () => {
    const { files } = commandsOf([{ name: 'net' }, { name: 'NET.onnx' }, { name: 'other' }]);
    expect(files.map(({ fileName }) => fileName)).toEqual(['net-00010001.onnx', 'NET-00020002.onnx', 'other.onnx']);
  });

  test.each([
    ['../../etc/passwd', '_.._etc_passwd.onnx'],
    ['--help', 'help.onnx'],
    ['a b', 'a b.onnx'],
    ['$(rm -rf)\n`x`', '_rm -rf_x_.onnx'],
    ['', 'model.onnx'],
    ['دقيق', 'دقيق.onnx'],
  ])('of %j is %j', (name, expected) => {
    expect(commandsOf([{ name }]).files[0]?.fileName).toBe(expected);
  });
});

test.each([
  ['plain.onnx', 'plain.onnx'],
  ['two words', "'two words'"],
  ["it's", String.raw`'it'\''s'`],
  ['$HOME', "'$HOME'"],
  ['', "''"],
])('the shell reads %j from %j', (word, expected) => {
  expect(shellWord(word)).toBe(expected);
});
