/** What is done with results: quality, reports, and the file that carries runs to another home. */
import { cpSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Experiment } from '../../src/shared/experiment.ts';
import { toSamplesColumn } from '../../src/workbench/store/columns.ts';
import { openDatabase } from '../../src/workbench/store/open-database.ts';
import {
  createTemporaryFolder,
  finish,
  importFake,
  openWorkbench,
  removeFolder,
  samplesPath,
  type TestWorkbench,
  waitFor,
} from '../fakes/test-workbench.ts';

let templatePath: string;
let folder: string;
let workbench: TestWorkbench;
let other: TestWorkbench | null;

/** Every test begins with a copy of a home in which “a and b” and “a” were measured. */
beforeAll(async () => {
  templatePath = createTemporaryFolder();
  const { client, close } = await openWorkbench(join(templatePath, 'home'));
  const a = await importFake(client, templatePath, { name: 'a' });
  const b = await importFake(client, templatePath, { name: 'b' });
  for (const variantIds of [[a, b], [a]]) {
    const { jobId } = await client.experiments.start({ variantIds, providers: ['node:cpu'], timeBudgetSeconds: 1 });
    await finish(client, jobId);
  }
  await close();
});
afterAll(() => removeFolder(templatePath));

beforeEach(async () => {
  folder = createTemporaryFolder();
  other = null;
  cpSync(join(templatePath, 'home'), join(folder, 'home'), { recursive: true });
  workbench = await openWorkbench(join(folder, 'home'), {
    printPdf: async ({ htmlPath, pdfPath }) => writeFileSync(pdfPath, `%PDF of ${readFileSync(htmlPath, 'utf8')}`),
  });
});
afterEach(async () => {
  await other?.close();
  await workbench.close();
  removeFolder(folder);
});

async function openOther(): Promise<TestWorkbench> {
  other = await openWorkbench(join(folder, 'other'));
  return other;
}

async function measured(wanted: 'a and b' | 'a'): Promise<Experiment> {
  const found = (await workbench.client.experiments.list()).find(({ name }) => name === wanted);
  return workbench.client.experiments.get({ id: found?.id ?? '' });
}

async function evaluate(variantIds: string[], options: { datasetId?: string; limit?: number } = {}) {
  const { jobId } = await workbench.client.quality.evaluate({ variantIds, ...options });
  return finish(workbench.client, jobId);
}

describe('quality', () => {
  test('is measured against the original, and the newest of each counts', async () => {
    const { client } = workbench;
    const id = await importFake(client, folder, { name: 'net' });
    const recipe = { version: 1 as const, name: 'small', passes: [{ pass: 'float16', settings: {} }] };
    const { jobId } = await client.recipes.compress({ variantId: id, recipe });
    const { result } = await finish(client, jobId);
    const { variantId } = result as { variantId: string };
    const first = await evaluate([id, variantId]);
    expect(first).toMatchObject({
      status: 'completed',
      result: { qualityIds: [expect.any(String), expect.any(String)] },
    });
    const known = await client.quality.list({ variantIds: [variantId] });
    expect(known).toMatchObject([
      {
        variantId,
        referenceId: id,
        datasetId: 'generated',
        provider: 'node:cpu',
        itemCount: 1000,
        fidelity: { cosine: 0.999 },
      },
    ]);
    const again = await evaluate([variantId]);
    const newest = await client.quality.list({ variantIds: [variantId] });
    expect(newest.map((quality) => quality.id)).toEqual((again.result as { qualityIds: string[] }).qualityIds);
    expect(await client.quality.list({})).toHaveLength(2);
    expect((await client.quality.list({ variantIds: [id] }))[0]).toMatchObject({ referenceId: null, fidelity: null });
  });

  test('uses the data that was named, and refuses what is none before a job begins', async () => {
    const { client } = workbench;
    const id = await importFake(client, folder, { name: 'net' });
    const datasetId = join(samplesPath, 'fashion-mnist');
    expect((await evaluate([id], { datasetId })).status).toBe('completed');
    expect(await client.quality.list({})).toMatchObject([{ datasetId }]);
    // A look at a few items hides nothing of all of them.
    const known = await client.quality.list({});
    const { result } = await evaluate([id], { datasetId, limit: 10 });
    const [ofFew] = (result as { qualityIds: [string] }).qualityIds;
    expect(await client.quality.get({ id: ofFew })).toMatchObject({ variantId: id, datasetId, itemCount: 10 });
    expect(await client.quality.list({})).toEqual(known);
    await expect(client.quality.get({ id: 'none' })).rejects.toMatchObject({ data: { kind: 'not-found' } });
    await expect(client.quality.evaluate({ variantIds: [id], datasetId: 'nowhere' })).rejects.toMatchObject({
      data: { kind: 'not-found' },
    });
  });
});

describe('reports', () => {
  test('are kept in the home, can be read, saved elsewhere and removed', async () => {
    const { client } = workbench;
    const experiment = await measured('a and b');
    const report = await client.reports.create({ ids: [experiment.id], format: 'html', title: 'First: a/b' });
    expect(report).toMatchObject({
      title: 'First: a/b',
      format: 'html',
      experimentIds: [experiment.id],
      fileName: 'First_ a_b.html',
      exists: true,
    });
    const second = await client.reports.create({ ids: [experiment.id], format: 'html', title: 'First: a/b' });
    expect(second.fileName).toBe('First_ a_b 2.html');
    const { text } = await client.reports.read({ id: report.id });
    expect(text).toMatch(/^<!doctype html>/i);
    expect(text).toContain('First: a/b');
    expect(report.sizeBytes).toBe(Buffer.byteLength(text));
    expect((await client.reports.list()).map(({ id }) => id)).toEqual([second.id, report.id]);
    const { path } = await client.reports.saveAs({ id: report.id, path: join(folder, 'saved/report.html') });
    expect(readFileSync(path, 'utf8')).toBe(text);
    await client.reports.remove({ id: report.id });
    expect(existsSync(report.path)).toBe(false);
    expect(await client.reports.list()).toHaveLength(1);
  });

  test.each([
    ['md', (text: string) => text.startsWith('# ')],
    ['csv', (text: string) => text.split('\n').length > 2],
    ['json', (text: string) => typeof JSON.parse(text) === 'object'],
  ] as const)('in %s hold what was measured', async (format, isWellFormed) => {
    const { client } = workbench;
    const experiment = await measured('a and b');
    const report = await client.reports.create({ ids: [experiment.id], format });
    const { text } = await client.reports.read({ id: report.id });
    expect(isWellFormed(text)).toBe(true);
    expect(text).toContain('Fake CPU');
    for (const run of experiment.runs) expect(text).toContain(run.model.sha256.slice(0, 12));
  });

  test('one that went to the user’s own place stays there', async () => {
    const { client } = workbench;
    const experiment = await measured('a');
    const path = join(folder, 'mine.md');
    const report = await client.reports.create({ ids: [experiment.id], format: 'md', path });
    await client.reports.remove({ id: report.id });
    expect(existsSync(path)).toBe(true);
  });

  test('a run stands for its experiment, once', async () => {
    const experiment = await measured('a and b');
    const ids = [...experiment.runs.map((run) => run.id), experiment.id];
    const report = await workbench.client.reports.create({ ids, format: 'csv' });
    expect(report.experimentIds).toEqual([experiment.id]);
    expect(report.title).toBe('a and b');
  });

  test('a PDF is the printed HTML', async () => {
    const { client } = workbench;
    const experiment = await measured('a');
    const report = await client.reports.create({ ids: [experiment.id], format: 'pdf', title: 'Printed' });
    expect(basename(report.path)).toBe('Printed.pdf');
    expect(readFileSync(report.path, 'utf8')).toMatch(/^%PDF of <!doctype html>/i);
    await expect(client.reports.read({ id: report.id })).rejects.toMatchObject({ data: { kind: 'unsupported' } });
  });

  test('without a window there is no PDF, and the reason is known', async () => {
    const { client } = await openOther();
    expect((await client.application.info()).pdf).toMatchObject({ isAvailable: false, reason: expect.any(String) });
  });

  test.each(['nowhere', '00000000-0000-4000-8000-000000000000'])('of %s there is none', async (id) => {
    await expect(workbench.client.reports.create({ ids: [id], format: 'html' })).rejects.toMatchObject({
      data: { kind: 'not-found' },
    });
    expect(await workbench.client.reports.list()).toEqual([]);
  });
});

describe('a file of runs', () => {
  test.each(['runs.whittle.json', 'runs.whittle.json.gz'])(
    '%s brings everything to another home, once',
    async (name) => {
      const experiment = await measured('a and b');
      await evaluate(experiment.plan.variantIds);
      const path = join(folder, name);
      expect(await workbench.client.runs.export({ ids: [experiment.runs[1]?.id ?? ''], path })).toEqual({
        path,
        experimentCount: 1,
        runCount: 2,
      });
      const { client } = await openOther();
      expect(await client.runs.import({ path })).toEqual({
        experimentIds: [experiment.id],
        runCount: 2,
        skippedCount: 0,
      });
      const imported = await client.experiments.get({ id: experiment.id });
      const withoutPaths = experiment.runs.map((run) => ({ ...run, model: { ...run.model, path: null } }));
      expect(imported).toEqual({ ...experiment, jobId: null, isImported: true, runs: withoutPaths });
      for (const run of experiment.runs) {
        const samples = await client.runs.samples({ runId: run.id });
        expect(samples).toEqual(await workbench.client.runs.samples({ runId: run.id }));
      }
      expect(await client.quality.list({})).toEqual(await workbench.client.quality.list({}));
      expect(await client.devices.list()).toHaveLength(1);
      expect(await client.runs.import({ path })).toEqual({
        experimentIds: [experiment.id],
        runCount: 0,
        skippedCount: 2,
      });
      expect(await client.experiments.list()).toHaveLength(1);
    },
  );

  test('can be read without Whittle', async () => {
    const experiment = await measured('a');
    const path = join(folder, 'runs.whittle.json.gz');
    await workbench.client.runs.export({ ids: [experiment.id], path });
    const file = JSON.parse(gunzipSync(readFileSync(path)).toString()) as { format: string; experiments: unknown[] };
    expect(file).toMatchObject({ format: 'whittle-runs', version: 1, experiments: [{ name: 'a' }] });
    expect(JSON.stringify(file)).not.toContain(folder);
  });

  test.each<[string, (text: string) => string | Buffer, RegExp]>([
    ['that ends too early', (text) => text.slice(0, -100), /not JSON, or ends too early/],
    ['of something else', () => '{"hello": 1}', /does not say that it is a file of Whittle runs/],
    ['of a newer Whittle', (text) => text.replace('"version":1', '"version":9'), /newer Whittle wrote it/],
    ['with a negative time', (text) => text.replace(/"samplesMs":\[/, '"samplesMs":[-1,'), /samplesMs/],
    ['with an unknown provider', (text) => text.replaceAll('node:cpu', 'node:magic'), /provider/],
    [
      'whose last run is broken',
      (text) => text.replace(/"position"|"parity":null(?!.*"parity")/, '"parity":7'),
      /parity/,
    ],
    ['of damaged gzip', (text) => gzipSync(text).fill(0, 40, 80), /cannot be unpacked/],
  ])('%s gets a sentence and adds nothing', async (_, damage, message) => {
    const experiment = await measured('a and b');
    const path = join(folder, 'runs.whittle.json');
    await workbench.client.runs.export({ ids: [experiment.id], path });
    const text = readFileSync(path, 'utf8');
    const damaged = damage(text);
    expect(Buffer.from(damaged).equals(Buffer.from(text))).toBe(false);
    writeFileSync(path, damaged);
    const { client } = await openOther();
    await expect(client.runs.import({ path })).rejects.toMatchObject({
      data: { kind: 'invalid-input', message: expect.stringMatching(message) },
    });
    expect(await client.experiments.list()).toEqual([]);
    expect(await client.devices.list()).toEqual([]);
  });

  test('two experiments of which one cannot be added add nothing', async () => {
    const first = await measured('a');
    const second = await measured('a and b');
    const path = join(folder, 'runs.whittle.json');
    await workbench.client.runs.export({ ids: [first.id, second.id], path });
    const [a, b] = [first.runs[0]?.id ?? '', second.runs[0]?.id ?? ''];
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(b, a));
    const { client } = await openOther();
    await expect(client.runs.import({ path })).rejects.toMatchObject({ data: { kind: 'invalid-input' } });
    expect(await client.experiments.list()).toEqual([]);
  });

  test('keeps some of the samples of long continuous use, and the quartiles of all, also of a home that has every one', async () => {
    const experiment = await measured('a');
    const runId = experiment.runs[0]?.id ?? '';
    const database = openDatabase(join(folder, 'home', 'whittle.db'));
    const addWindow = database.prepare('INSERT INTO sustained_blocks VALUES (?, ?, ?, ?, NULL, NULL)');
    const samples = toSamplesColumn(Array.from({ length: 8300 }, (_, index) => 1 + index / 8300));
    for (let second = 0; second < 30; second += 1) addWindow.run(runId, second, second * 1000, samples);
    database.close();
    const path = join(folder, 'runs.whittle.json.gz');
    await workbench.client.runs.export({ ids: [experiment.id], path });
    const { client } = await openOther();
    await client.runs.import({ path });
    const { sustained } = await client.runs.record({ runId });
    expect(sustained).toHaveLength(30);
    for (const window of sustained) {
      expect(window.sampleCount).toBe(8300);
      expect(window.medianMs).toBeCloseTo(1.5, 3);
    }
    expect((await workbench.client.runs.record({ runId })).sustained).toEqual(sustained);
    const file = JSON.parse(gunzipSync(readFileSync(path)).toString());
    const kept = file.experiments[0].runs[0].sustained.map(
      ({ samplesMs }: { samplesMs: number[] }) => samplesMs.length,
    );
    expect(kept).toEqual(Array.from({ length: 30 }, () => 6666));
  });

  test('beyond the longest text is refused before it is read', async () => {
    const path = join(folder, 'runs.whittle.json');
    writeFileSync(path, '');
    truncateSync(path, 512 * 2 ** 20);
    await expect(workbench.client.runs.import({ path })).rejects.toMatchObject({
      data: { kind: 'invalid-input', message: expect.stringContaining('Export fewer experiments') },
    });
  });

  test('of an experiment that still measures is refused', async () => {
    const { client } = workbench;
    const id = await importFake(client, folder, { name: 'net' });
    const started = await client.experiments.start({
      variantIds: [id],
      providers: ['node:cpu'],
      timeBudgetSeconds: 30,
    });
    await waitFor(async () => (await client.jobs.get({ id: started.jobId })).status === 'running');
    const exporting = client.runs.export({ ids: [started.experimentId], path: join(folder, 'x.json') });
    await expect(exporting).rejects.toMatchObject({ data: { kind: 'conflict' } });
    await client.jobs.cancel({ id: started.jobId });
    expect(existsSync(join(folder, 'x.json'))).toBe(false);
  });
});
