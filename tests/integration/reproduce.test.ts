/** `whittle bench --reproduce`: measuring a stored experiment again, with real processes of the fake engine. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BenchDocument, benchDocumentSchema } from '../../src/shared/documents.ts';
import { commandLineIn, type Ran } from '../fakes/command-line.ts';
import { createTemporaryFolder, removeFolder, writeFakeModel } from '../fakes/test-workbench.ts';

let folder: string;
let homePath: string;
let whittle: (...args: string[]) => Promise<Ran>;
let paths: string[];
beforeEach(() => {
  folder = createTemporaryFolder();
  homePath = join(folder, 'home');
  mkdirSync(join(folder, 'files'));
  whittle = commandLineIn(homePath, { samplesPath: null });
  paths = [
    writeFakeModel(join(folder, 'files'), { name: 'slow', runMs: 0.4 }),
    writeFakeModel(join(folder, 'files'), { name: 'quick', runMs: 0.2 }),
  ];
});
afterEach(() => removeFolder(folder));

/** It ends at its first look, as its repetition does; the time is left to a machine that others use. */
async function bench(...more: string[]): Promise<BenchDocument> {
  const ran = await whittle('bench', ...paths, '--time', '100', '--threads', '2', '--json', ...more);
  return benchDocumentSchema.parse(JSON.parse(ran.stdout));
}

/** The files that the library keeps, read-only. */
function keptFiles(): string[] {
  return readdirSync(join(homePath, 'models'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => join(homePath, 'models', name));
}

/** Lets a fake device or an older version of a file take the place of what is stored. */
function editRunsFile(path: string, edit: (file: { experiments: Record<string, never>[] }) => void): void {
  const file = JSON.parse(readFileSync(path, 'utf8')) as { experiments: Record<string, never>[] };
  edit(file);
  writeFileSync(path, JSON.stringify(file));
}

/** Exported, and imported into another home. */
async function takeElsewhere(experimentId: string): Promise<{ elsewhere: typeof whittle; exported: string }> {
  const runsPath = join(folder, 'runs.json');
  await whittle('runs', 'export', experimentId, '-o', runsPath);
  const elsewhere = commandLineIn(join(folder, 'other-home'), { samplesPath: null });
  await elsewhere('runs', 'import', runsPath);
  return { elsewhere, exported: readFileSync(runsPath, 'utf8') };
}

describe('bench --reproduce', () => {
  test('measures the same cases with the same seed and settings, and judges every number', async () => {
    const original = await bench();
    const ran = await whittle('bench', '--reproduce', original.experimentId.slice(0, 8), '--json');
    const repeat = benchDocumentSchema.parse(JSON.parse(ran.stdout));
    expect(repeat.experimentId).not.toBe(original.experimentId);
    expect(repeat.seed).toBe(original.seed);
    expect(repeat.runs.map(({ model, settings }) => [model.sha256, settings])).toEqual(
      original.runs.map(({ model, settings }) => [model.sha256, settings]),
    );
    expect(repeat.reproduction).toMatchObject({
      originalExperimentId: original.experimentId,
      verdict: 'inside',
      runs: [{ model: 'slow', runId: repeat.runs[0]?.id }, { model: 'quick' }],
      comparisons: [{ baseline: 'slow', candidate: 'quick', verdict: 'inside' }],
      changes: [],
    });
    expect(ran.status).toBe(0);
  });

  test('of a run judges that run, in words too', async () => {
    const original = await bench();
    const ran = await whittle('bench', '--reproduce', original.runs[0]?.id ?? '');
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('slow, median ms') });
    expect(ran.stdout).not.toContain('quick');
    expect(ran.stdout).toContain('It repeats');
  });

  test('a number outside of what is expected does not meet the gate', async () => {
    const original = await bench();
    const path = join(folder, 'runs.json');
    await whittle('runs', 'export', original.experimentId, '-o', path);
    editRunsFile(path, ({ experiments: [experiment] }) => {
      const { runs } = experiment as unknown as { runs: { blocks: { samplesMs: number[] }[] }[] };
      for (const block of runs[1]?.blocks ?? []) block.samplesMs = block.samplesMs.map((value) => value * 1.5);
    });
    const elsewhere = commandLineIn(join(folder, 'other-home'), { samplesPath: null });
    await elsewhere('runs', 'import', path);
    const refused = await elsewhere('bench', '--reproduce', original.experimentId);
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/does not hold “slow”.*Import that file/),
    });
    const ran = await elsewhere('bench', ...paths, '--reproduce', original.experimentId, '--json');
    expect(ran.status).toBe(3);
    const { reproduction } = benchDocumentSchema.parse(JSON.parse(ran.stdout));
    expect(reproduction).toMatchObject({
      verdict: 'outside',
      runs: [{ verdict: 'inside' }, { verdict: 'outside' }],
      comparisons: [{ verdict: 'outside' }],
    });
  });

  test('inputs that an import has only the name of are found where they are said to lie, and have to be the same', async () => {
    const path = join(folder, 'items.npz');
    writeFileSync(path, 'these');
    const original = await bench('--inputs', path);
    const { elsewhere, exported } = await takeElsewhere(original.experimentId);
    expect(exported).not.toContain(folder);
    const again = ['bench', ...paths, '--reproduce', original.experimentId];
    expect(await elsewhere(...again)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/came from a file, and there is no file “items\.npz” here\. .*--inputs …” says/),
    });
    expect(await elsewhere(...again, '--inputs', join(folder, 'none.npz'))).toMatchObject({ status: 2 });
    expect(await elsewhere(...again, '--inputs', path)).toMatchObject({ status: 0 });
    writeFileSync(path, 'others');
    expect(await elsewhere(...again, '--inputs', path)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('have changed since'),
    });
  });

  test('a folder of data is exported by its name alone, and is found where it is said to lie', async () => {
    const data = join(folder, 'data');
    mkdirSync(data);
    writeFileSync(
      join(data, 't10k-images-idx3-ubyte'),
      Buffer.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7]),
    );
    const original = await bench('--data', data);
    const { elsewhere, exported } = await takeElsewhere(original.experimentId);
    expect(exported).not.toContain(folder);
    const again = ['bench', ...paths, '--reproduce', original.experimentId];
    expect(await elsewhere(...again)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/there is no dataset “data” here\. .*--data …” says/),
    });
    expect(await elsewhere(...again, '--data', data)).toMatchObject({ status: 0 });
  });

  test('generated inputs lie nowhere', async () => {
    const original = await bench();
    const ran = await whittle('bench', '--reproduce', original.experimentId, '--inputs', 'items.npz');
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('generated again from its seed') });
  });

  test('refuses a file that has changed', async () => {
    const original = await bench();
    for (const path of keptFiles()) {
      chmodSync(path, 0o644);
      writeFileSync(path, `${readFileSync(path, 'utf8')} `);
    }
    const ran = await whittle('bench', '--reproduce', original.experimentId);
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringMatching(/“slow” has changed since: its hash is /) });
  });

  test('refuses another device', async () => {
    const original = await bench();
    const path = join(folder, 'runs.json');
    await whittle('runs', 'export', original.experimentId, '-o', path);
    editRunsFile(path, ({ experiments: [experiment] }) => {
      (experiment as unknown as { device: { fingerprint: string } }).device.fingerprint = 'f'.repeat(16);
    });
    const elsewhere = commandLineIn(join(folder, 'other-home'), { samplesPath: null });
    await elsewhere('runs', 'import', path);
    const ran = await elsewhere('bench', ...paths, '--reproduce', original.experimentId);
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringMatching(/was measured on .*\(f{16}\), and this is/) });
  });

  test.each([
    [['--reproduce', 'zzzz'], /There is no experiment or run “zzzz”/],
    [['--reproduce', 'zzzz', '--time', '9'], /--time cannot be given with --reproduce/],
  ])('%j is wrong usage', async (args, message) => {
    expect(await whittle('bench', ...args)).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
  });
});
