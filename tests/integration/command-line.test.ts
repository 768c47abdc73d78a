/** The command line with a fake engine: arguments, exit statuses, documents, and what is said. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  benchDocumentSchema,
  compressDocumentSchema,
  devicesDocumentSchema,
  evaluateDocumentSchema,
  exportDocumentSchema,
  inspectDocumentSchema,
  recipesDocumentSchema,
  reportDocumentSchema,
  runsDocumentSchema,
} from '../../src/shared/documents.ts';
import { commandLineIn, type Ran } from '../fakes/command-line.ts';
import { createTemporaryFolder, removeFolder, writeFakeModel } from '../fakes/test-workbench.ts';

let folder: string;
let whittle: (...args: string[]) => Promise<Ran>;
let modelPath: string;
beforeEach(() => {
  folder = createTemporaryFolder();
  mkdirSync(join(folder, 'files'));
  whittle = commandLineIn(join(folder, 'home'), { samplesPath: null });
  modelPath = writeFakeModel(join(folder, 'files'), { name: 'plain' });
});
afterEach(() => removeFolder(folder));

describe('wrong usage exits 2 with a sentence that names the value', () => {
  test.each([
    [['bnech'], /bnech/],
    [['bench'], /missing required argument|Missing required argument/],
    [['bench', 'nowhere.onnx'], /There is no file .*nowhere\.onnx/],
    [['bench', 'm.onnx', '--provider', 'node:quantum'], /node:quantum.*node:cpu/],
    [['bench', 'm.onnx', '--threads', 'many'], /“many” is not a number of threads/],
    [['bench', 'm.onnx', '--time', '0'], /“0” is not a time/],
    [['bench', 'm.onnx', '--dimension', 'height'], /height=224/],
    [['bench', 'm.onnx', '--frobnicate'], /--frobnicate/],
    [['bench', 'm.onnx', '--smallest-difference', '0'], /“0” is not a difference; a number of per cent from 0.1 to 50/],
    [['bench', 'm.onnx', '--latency-bound', 'soon'], /“soon” is not a time; a number of milliseconds/],
    [['runs', 'show', 'abcd', '--bound-on', 'p99'], /give one with --latency-bound/],
    [['report', 'nothing'], /There is no experiment or run “nothing”/],
    [['report', 'nothing', '--format', 'docx'], /docx/],
    [['runs', 'show', 'zzzz'], /There is no experiment or run “zzzz”/],
    [['runs', 'import', 'nowhere.json'], /There is no file/],
    [['recipes', 'grow'], /There is no preset or pass “grow”; there are half, shrink/],
    [['serve', '--port', '99999'], /“99999”/],
    [['recipes', 'save', 'nowhere.json'], /There is no file .*nowhere\.json/],
  ])('%j', async (args, message) => {
    const ran = await whittle(...args);
    expect(ran).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(message) });
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });

  test.each([
    [['bench', '--dimension', 'depth=2'], /no dimension “depth” that could be set/],
    [['bench', '--data', 'nothing'], /There is no dataset “nothing”/],
    [['bench', '--inputs', 'nowhere.npz'], /nowhere\.npz does not exist/],
    [
      ['bench', '--provider-option', 'node:webgpu.preferredLayout=NCHW'],
      /options for node:webgpu, which the plan does not/,
    ],
    [['bench', '--name', 'x'.repeat(121)], /The request is not valid\. name: .*120/],
    [['bench', '--dry-run', '--dimension', 'depth=2'], /no dimension “depth” that could be set/],
    [['evaluate', '--data', 'nothing'], /There is no dataset “nothing”/],
    [['evaluate', '--inputs', 'nowhere.npz'], /nowhere\.npz does not exist/],
    [['compress', '--data', 'nothing', '-r', 'half', '-o', 'small.onnx'], /There is no dataset “nothing”/],
    [['compress', '--inputs', 'nowhere.npz', '-r', 'half', '-o', 'small.onnx'], /nowhere\.npz does not exist/],
  ])('of a model that is there: %j', async ([command = '', ...args], message) => {
    const ran = await whittle(command, modelPath, ...args);
    expect(ran).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(message) });
  });

  test('an unknown recipe names those that there are', async () => {
    const ran = await whittle('compress', modelPath, '--recipe', 'magic', '-o', join(folder, 'out.onnx'));
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringMatching(/“magic” is no recipe.*\(.+\)/s) });
  });

  test('an output that is the model', async () => {
    const before = readFileSync(modelPath);
    const ran = await whittle('compress', modelPath, '--recipe', 'half', '-o', modelPath);
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('--output is the model itself') });
    expect(readFileSync(modelPath).equals(before)).toBe(true);
  });

  test('an output that cannot be written is refused before anything is computed', async () => {
    const inFile = join(modelPath, 'small.onnx');
    const ran = await whittle('compress', modelPath, '--recipe', 'half', '-o', inFile);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toBe(
      `whittle: ${inFile} cannot be written: ${modelPath} is a file and no folder. Name a file in another folder.\n`,
    );
    const { stdout } = await whittle('runs', '--json');
    expect(runsDocumentSchema.parse(JSON.parse(stdout)).experiments).toEqual([]);
  });

  test('a recipe of a version to come', async () => {
    const path = join(folder, 'recipe.json');
    writeFileSync(path, '{"version":2,"name":"x","passes":[{"pass":"shrink"}]}');
    const ran = await whittle('compress', modelPath, '--recipe', path, '-o', join(folder, 'out.onnx'));
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('recipe of version 2') });
  });

  test('a recipe file that is not JSON', async () => {
    const path = join(folder, 'recipe.json');
    writeFileSync(path, '{');
    const ran = await whittle('compress', modelPath, '--recipe', path, '-o', join(folder, 'out.onnx'));
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining(`“${path}” is not JSON`) });
  });
});

test('help has examples, for the program and each command', async () => {
  const whole = await whittle('--help');
  expect(whole).toMatchObject({ status: 0, stderr: '' });
  for (const command of ['devices', 'inspect', 'compress', 'recipes', 'bench', 'evaluate', 'runs', 'report', 'serve']) {
    expect(whole.stdout).toContain(`  ${command}`);
    const { status, stdout } = await whittle(command, '--help');
    expect({ command, status }).toEqual({ command, status: 0 });
    expect(stdout).toMatch(/Examples:\n {2}whittle /);
    expect(stdout).toContain('--json');
  }
});

describe('with --json one document is printed, as its schema says', () => {
  test('devices', async () => {
    const { status, stdout } = await whittle('devices', '--json');
    expect(status).toBe(0);
    expect(devicesDocumentSchema.parse(JSON.parse(stdout)).providers.map(({ id }) => id)).toContain('node:cpu');
  });

  test('inspect', async () => {
    const { stdout } = await whittle('inspect', modelPath, '--json');
    expect(inspectDocumentSchema.parse(JSON.parse(stdout))).toMatchObject({
      model: { path: modelPath },
      generatedInputs: { inputs: [{ name: 'x' }], refusal: null },
    });
  });

  test('recipes; one of them is a recipe file', async () => {
    const { stdout } = await whittle('recipes', '--json');
    const { passes } = recipesDocumentSchema.parse(JSON.parse(stdout));
    const name = passes[0]?.pass ?? '';
    const one = await whittle('recipes', name, '--json');
    const path = join(folder, 'recipe.json');
    writeFileSync(path, one.stdout);
    const output = join(folder, 'out.onnx');
    const compressed = await whittle('compress', modelPath, '--recipe', path, '-o', output, '--json');
    expect(compressed).toMatchObject({ status: 0 });
    const document = compressDocumentSchema.parse(JSON.parse(compressed.stdout));
    expect(document.variant.path).toBe(output);
    expect(document.recipe.passes.map(({ pass }) => pass)).toEqual([name]);
    expect(readFileSync(output).length).toBe(document.variant.sizeBytes);
    const inputs = join(folder, 'items.npz');
    writeFileSync(inputs, 'For the fake, which reads none.');
    const again = await whittle('compress', modelPath, '--recipe', path, '-o', output, '--inputs', inputs);
    expect(again.stdout).toMatch(/Beside its parent on 100 items of items\.npz@/);
    expect(again.stdout).toContain(`it is the same file as “${document.variant.name}” in the library.`);
  });

  test('recipes for a model: each with how well it suits', async () => {
    const { stdout } = await whittle('recipes', '--model', modelPath, '--json');
    const { presets } = recipesDocumentSchema.parse(JSON.parse(stdout));
    expect(presets.map(({ id, suitability }) => [id, typeof suitability?.reason])).toEqual([['half', 'string']]);
    const asText = await whittle('recipes', '--model', modelPath);
    expect(asText.stdout).toMatch(
      /the best for this model on this device first\n\nhalf: Half\n {2}(Suits|Possible|Hardly suits): /,
    );
  });

  test('a recipe that was saved is found by its name, listed, and removed', async () => {
    const path = join(folder, 'recipe.json');
    writeFileSync(path, '{"version":1,"name":"mine","passes":[{"pass":"shrink"}]}');
    expect(await whittle('recipes', 'save', path, '--name', 'for the camera')).toMatchObject({
      status: 0,
      stdout: 'The recipe is kept as “for the camera”.\n',
    });
    const output = join(folder, 'out.onnx');
    expect(await whittle('compress', modelPath, '-r', 'For the camera', '-o', output)).toMatchObject({ status: 0 });
    expect((await whittle('recipes')).stdout).toContain('for the camera: shrink');
    expect((await whittle('recipes', 'save', path, '--name', 'for the camera')).stderr).toContain('already');
    expect(await whittle('recipes', 'save', path, '--name', 'half')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('“half” is the name of a preset.'),
    });
    expect(await whittle('recipes', 'remove', 'for the camera')).toMatchObject({ status: 0 });
    expect(await whittle('recipes', 'remove', 'for the camera')).toMatchObject({ status: 2 });
  });

  test('the JSON Schema of recipes', async () => {
    const { stdout } = await whittle('recipes', '--schema');
    expect(JSON.parse(stdout)).toMatchObject({ properties: { passes: { items: { oneOf: [{ title: 'Shrink' }] } } } });
  });

  test('bench, then runs, report and export of it', async () => {
    const ran = await whittle('bench', modelPath, modelPath, '--time', '1', '--smallest-difference', '2', '--json');
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('holds the same bytes as') });
    const { experimentId, runs } = benchDocumentSchema.parse(JSON.parse(ran.stdout));
    expect(runs.map(({ status }) => status)).toEqual(['completed']);

    const listed = runsDocumentSchema.parse(JSON.parse((await whittle('runs', '--json')).stdout));
    expect(listed.experiments.map(({ id }) => id)).toEqual([experimentId]);
    const bounded = await whittle(
      'runs',
      'show',
      experimentId,
      '--latency-bound',
      '5000',
      '--bound-on',
      'p90',
      '--json',
    );
    expect(benchDocumentSchema.parse(JSON.parse(bounded.stdout)).sweeps).toMatchObject([
      { outcome: 'chosen', bound: { ms: 5000, statistic: 'p90' }, sweetSpotRunId: runs[0]?.id },
    ]);
    expect((await whittle('runs', 'show', experimentId, '--latency-bound', '5000')).stdout).toMatch(
      /Sweet spot of .plain. on node:cpu\n {2}It holds a median of 5,000 ms or less\./,
    );
    const shown = await whittle('runs', 'show', experimentId.slice(0, 8), '--json');
    expect(benchDocumentSchema.parse(JSON.parse(shown.stdout))).toEqual(JSON.parse(ran.stdout));

    const reportPath = join(folder, 'report.html');
    const report = await whittle('report', runs[0]?.id ?? '', '-o', reportPath, '--json');
    expect(reportDocumentSchema.parse(JSON.parse(report.stdout)).report.path).toBe(reportPath);
    expect(readFileSync(reportPath, 'utf8')).toContain('the difference is at least 2\u00a0%;');

    const exportPath = join(folder, 'runs.json.gz');
    const exported = await whittle('runs', 'export', experimentId, '-o', exportPath, '--json');
    expect(exportDocumentSchema.parse(JSON.parse(exported.stdout))).toMatchObject({ path: exportPath, runCount: 1 });
    const elsewhere = commandLineIn(join(folder, 'other-home'), { samplesPath: null });
    expect(await elsewhere('runs', 'import', exportPath)).toMatchObject({
      status: 0,
      stdout: '1 experiment with 1 run imported.\n',
    });
    expect((await elsewhere('runs', 'show', experimentId)).stdout).toContain('plain');
  });

  test('evaluate without data says that the inputs are generated', async () => {
    const ran = await whittle('evaluate', modelPath, '--json');
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('Generated inputs are used') });
    expect(evaluateDocumentSchema.parse(JSON.parse(ran.stdout)).dataset).toMatchObject({ isGenerated: true });
  });

  test('a refusal is a document with the error', async () => {
    const path = join(folder, 'broken.onnx');
    writeFileSync(path, 'no model');
    const ran = await whittle('bench', path, '--json');
    expect(ran.status).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      schema: 1,
      error: { kind: expect.any(String), message: expect.stringMatching(/\.$/) },
    });
  });
});

test('ctrl-C while samples are added and a model is read starts nothing, and leaves nothing behind', async () => {
  const slowPath = writeFakeModel(join(folder, 'files'), { name: 'slow', on: { 'model.inspect': 'hang' } });
  const options = { samplesPath: join(folder, 'files'), interruptAt: /Reading .*slow/ };
  const ran = await commandLineIn(join(folder, 'home'), options)('bench', slowPath, '--time', '60');
  expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('Cancelled. Nothing was started.') });
  expect((await whittle('runs')).stdout).toContain('Nothing has been measured yet.');
  expect((await whittle('bench', 'slow')).stderr).toContain('holds no model called “slow”');
});

test('ctrl-C cancels, exits 1, and says what is kept and how it goes on', async () => {
  const running = commandLineIn(join(folder, 'home'), { samplesPath: null, interruptAt: /Measuring/ });
  const ran = await running('bench', modelPath, '--time', '2');
  expect(ran).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/Cancelled\. What was measured is kept: whittle runs show .*\nwhittle runs resume/),
  });
  const { experiments } = runsDocumentSchema.parse(JSON.parse((await whittle('runs', '--json')).stdout));
  const id = experiments[0]?.id ?? '';
  const resumed = await whittle('runs', 'resume', id.slice(0, 8), '--json');
  expect(benchDocumentSchema.parse(JSON.parse(resumed.stdout)).runs).toMatchObject([{ status: 'completed' }]);
  expect(await whittle('runs', 'resume', id)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('is completed: there is nothing left to go on with'),
  });
});
