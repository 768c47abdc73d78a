/** Import, variants, removal and datasets, with real files and engine processes (of the fake engine). */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compressResultSchema } from '../../src/shared/model.ts';
import {
  createTemporaryFolder,
  finish,
  importFake,
  openWorkbench,
  removeFolder,
  type TestWorkbench,
  writeFakeModel,
} from '../fakes/test-workbench.ts';

let folder: string;
let workbench: TestWorkbench;
beforeEach(async () => {
  folder = createTemporaryFolder();
  workbench = await openWorkbench(join(folder, 'home'));
});
afterEach(async () => {
  await workbench.close();
  removeFolder(folder);
});

const recipe = { version: 1 as const, name: 'smaller', passes: [{ pass: 'float16', settings: {} }] };

/** Every file in the home that belongs to a model. */
function keptFiles(): string[] {
  const names = readdirSync(workbench.homePath, { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile() && entry.name.endsWith('.onnx')).map((entry) => entry.name);
}

async function compress(variantId: string, options: { recipeName?: string; inputsPath?: string } = {}) {
  const { inputsPath } = options;
  const { jobId } = await workbench.client.recipes.compress({
    variantId,
    recipe: { ...recipe, name: options.recipeName ?? recipe.name },
    ...(inputsPath !== undefined && { inputsPath }),
  });
  return finish(workbench.client, jobId);
}

describe('importing', () => {
  test('copies the file, and a second import of the same bytes is the same model', async () => {
    const { client } = workbench;
    const path = writeFakeModel(folder, { name: 'model' });
    const first = await client.models.import({ path, name: 'My model' });
    expect(first).toMatchObject({ isNew: true, model: { name: 'My model', sourcePath: path, isSample: false } });
    expect(readFileSync(first.variant.path, 'utf8')).toBe(readFileSync(path, 'utf8'));
    const again = await client.models.import({ path });
    expect(again).toMatchObject({ isNew: false, model: { id: first.model.id, name: 'My model' } });
    expect(keptFiles()).toEqual(['model.onnx']);
  });

  test.each([
    ['garbage', 'garbage.onnx', (path: string) => writeFileSync(path, 'garbage'), 'invalid-model'],
    ['a missing file', 'missing.onnx', () => {}, 'not-found'],
    ['a folder', 'folder.onnx', (path: string) => mkdirSync(path), 'invalid-input'],
    [
      'a file that ONNX Runtime refuses',
      'refused.onnx',
      (path: string) => writeFileSync(path, JSON.stringify({ name: 'x', on: { 'model.check': 'error' } })),
      'provider-failed',
    ],
    [
      'a file that kills the engine',
      'killer.onnx',
      (path: string) => writeFileSync(path, JSON.stringify({ name: 'x', on: { 'model.check': 'crash' } })),
      'invalid-model',
    ],
  ])('%s is refused and leaves nothing behind', async (_, name, prepare, kind) => {
    const path = join(folder, name);
    prepare(path);
    await expect(workbench.client.models.import({ path })).rejects.toMatchObject({ data: { kind } });
    expect(await workbench.client.models.list()).toEqual([]);
    expect(keptFiles()).toEqual([]);
    expect(existsSync(join(workbench.homePath, 'tmp')) ? readdirSync(join(workbench.homePath, 'tmp')) : []).toEqual([]);
  });

  test('a variant file finds its original and its recipe by its metadata', async () => {
    const { client } = workbench;
    const original = await importFake(client, folder, { name: 'original' });
    const metadata = {
      'whittle.original_sha256': original,
      'whittle.parent_sha256': original,
      'whittle.recipe': JSON.stringify(recipe),
    };
    const path = writeFakeModel(folder, { name: 'small', metadata });
    const { model, variant } = await client.models.import({ path });
    expect(model.id).toBe(original);
    expect(model.variants.map(({ name }) => name)).toEqual(['original', 'small']);
    expect(variant).toMatchObject({ parentId: original, recipe: { name: 'smaller' } });
  });

  test('a variant file without its original is a model of its own', async () => {
    const metadata = { 'whittle.original_sha256': 'a'.repeat(64), 'whittle.recipe': '{broken' };
    const path = writeFakeModel(folder, { name: 'orphan', metadata });
    const { model, variant } = await workbench.client.models.import({ path });
    expect(variant).toMatchObject({ id: model.id, parentId: null, recipe: null });
  });
});

describe('external data', () => {
  test('is kept beside the model, and goes with it when it is exported', async () => {
    const { client } = workbench;
    mkdirSync(join(folder, 'weights'));
    writeFileSync(join(folder, 'weights/a.bin'), 'many weights');
    const id = await importFake(client, folder, { name: 'net', externalDataFiles: ['weights/a.bin'] });
    const { path } = await client.variants.get({ id });
    expect(readFileSync(join(dirname(path), 'weights/a.bin'), 'utf8')).toBe('many weights');
    await client.variants.export({ id, path: join(folder, 'out/net.onnx') });
    expect(readFileSync(join(folder, 'out/weights/a.bin'), 'utf8')).toBe('many weights');
  });

  test.each([
    ['lies outside of the folder', '../a.bin', 'invalid-model'],
    ['is missing', 'gone.bin', 'input-output'],
  ])('that %s refuses the model', async (_, name, kind) => {
    const path = writeFakeModel(folder, { name: 'net', externalDataFiles: [name] });
    await expect(workbench.client.models.import({ path })).rejects.toMatchObject({ data: { kind } });
    expect(await workbench.client.models.list()).toEqual([]);
    expect(keptFiles()).toEqual([]);
  });
});

describe('samples', () => {
  test('are in a new library, tied to their data; one that was removed stays removed', async () => {
    const samples = join(folder, 'samples');
    mkdirSync(samples);
    for (const name of ['fashion-vit', 'fashion-resnet']) writeFakeModel(samples, { name });
    const open = () => openWorkbench(join(folder, 'with-samples'), { samplesPath: samples });
    const first = await open();
    const models = await first.client.models.list();
    expect(models.map(({ name }) => name)).toEqual(['fashion-resnet', 'fashion-vit']);
    expect(models[0]).toMatchObject({ isSample: true, sourcePath: null, datasetId: 'fashion-mnist' });
    await first.client.models.remove({ id: models[0]?.id ?? '' });
    await first.close();
    const second = await open();
    expect((await second.client.models.list()).map(({ name }) => name)).toEqual(['fashion-vit']);
    const again = await second.client.models.import({ path: join(samples, 'fashion-resnet.onnx') });
    expect(again.model).toMatchObject({ isSample: true, sourcePath: null, datasetId: 'fashion-mnist' });
    await second.close();
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });

  test('closing while they are added is no failure, and the next start adds the rest', async () => {
    const samples = join(folder, 'samples');
    mkdirSync(samples);
    writeFakeModel(samples, { name: 'a' });
    const open = () => openWorkbench(join(folder, 'with-samples'), { samplesPath: samples });
    const first = await open();
    await first.close();
    expect(first.complaints).toEqual([]);
    const second = await open();
    expect(await second.client.models.list()).toHaveLength(1);
    await second.close();
  });
});

describe('compressing', () => {
  test('adds a variant with a name of its own and what was measured', async () => {
    const { client } = workbench;
    const original = await importFake(client, folder, { name: 'net' });
    const job = await compress(original);
    expect(job).toMatchObject({ status: 'completed', progress: 1, result: { isNew: true } });
    const { variants } = await client.models.get({ id: original });
    expect(variants.map(({ name, parentId }) => ({ name, parentId }))).toEqual([
      { name: 'net', parentId: null },
      { name: 'net.smaller', parentId: original },
    ]);
    expect(variants[1]?.checks).toMatchObject([{ kind: 'integer-products', subjects: [] }]);
    expect(variants[1]).toMatchObject({ recipe, fidelity: { cosine: 0.999 }, steps: [{ pass: 'float16' }] });
    expect(existsSync(variants[1]?.path ?? '')).toBe(true);
    expect((await client.jobs.log({ id: job.id })).map((line) => line.text)).toContain('The fake copied it.');
  });

  test('the same result a second time is the same variant', async () => {
    const original = await importFake(workbench.client, folder, { name: 'net' });
    const first = await compress(original);
    const inputsPath = join(folder, 'items.npz');
    writeFileSync(inputsPath, 'For the fake, which reads none.');
    const second = compressResultSchema.parse((await compress(original, { inputsPath })).result);
    const { variantId, isNew, fidelity } = compressResultSchema.parse(first.result);
    expect({ isNew, inputs: fidelity?.inputs }).toEqual({ isNew: true, inputs: 'generated' });
    expect(second).toMatchObject({ variantId, isNew: false, steps: [{ pass: 'float16' }] });
    // What the second run was compared on; the variant keeps what the first was.
    expect(second.fidelity?.inputs).toMatch(/^file:items\.npz@/);
    expect((await workbench.client.variants.get({ id: variantId })).fidelity?.inputs).toBe('generated');
    expect(keptFiles().toSorted()).toEqual(['net.onnx', 'net.smaller.onnx']);
  });

  test('an unknown pass is refused before a job begins', async () => {
    const { client } = workbench;
    const original = await importFake(client, folder, { name: 'net' });
    const wrong = { ...recipe, passes: [{ pass: 'unknown', settings: {} }] };
    await expect(client.recipes.compress({ variantId: original, recipe: wrong })).rejects.toMatchObject({
      data: { kind: 'invalid-input', message: 'There is no pass “unknown”.' },
    });
    expect(await client.jobs.list({})).toEqual([]);
  });

  test('a crash of the engine fails the job with the reason and leaves nothing behind', async () => {
    const original = await importFake(workbench.client, folder, {
      name: 'net',
      on: { 'model.compress': 'out-of-memory' },
    });
    const job = await compress(original);
    expect(job).toMatchObject({
      status: 'failed',
      error: { kind: 'out-of-memory', message: expect.stringContaining('bad_alloc') },
    });
    expect(keptFiles()).toEqual(['net.onnx']);
  });
});

describe('removing', () => {
  test('can be undone until the workbench stops, then the files are gone', async () => {
    const { client } = workbench;
    const original = await importFake(client, folder, { name: 'net' });
    const { result } = await compress(original);
    const { variantId } = result as { variantId: string };
    await client.models.remove({ id: original });
    expect(await client.models.list()).toEqual([]);
    await expect(client.variants.get({ id: variantId })).rejects.toMatchObject({ data: { kind: 'not-found' } });
    const restored = await client.models.restore({ id: original });
    expect(restored.variants).toHaveLength(2);
    await client.variants.remove({ id: variantId });
    const modelFolder = dirname(dirname(restored.variants[0]?.path ?? ''));
    expect(readdirSync(modelFolder)).toHaveLength(2);
    await workbench.close();
    expect(readdirSync(modelFolder)).toEqual([original]);
  });

  test('the original goes only with its model', async () => {
    const original = await importFake(workbench.client, folder, { name: 'net' });
    await expect(workbench.client.variants.remove({ id: original })).rejects.toMatchObject({
      data: { kind: 'conflict' },
    });
  });

  test('importing a removed model brings it back', async () => {
    const { client } = workbench;
    const original = await importFake(client, folder, { name: 'net' });
    await client.models.remove({ id: original });
    const again = await client.models.import({ path: join(folder, 'net.onnx') });
    expect(again).toMatchObject({ isNew: true, model: { id: original } });
  });
});

describe('names, ties and files', () => {
  test('the original goes by the model’s name', async () => {
    const { client } = workbench;
    const id = await importFake(client, folder, { name: 'net' });
    expect(await client.models.rename({ id, name: 'New' })).toMatchObject({ name: 'New', variants: [{ name: 'New' }] });
    await client.variants.rename({ id, name: 'Newer' });
    expect(await client.models.get({ id })).toMatchObject({ name: 'Newer' });
  });

  test('a model is tied to a folder, not to nothing', async () => {
    const { client } = workbench;
    const id = await importFake(client, folder, { name: 'net' });
    expect(await client.models.tie({ id, datasetId: folder })).toMatchObject({ datasetId: folder });
    await expect(client.models.tie({ id, datasetId: 'nowhere' })).rejects.toMatchObject({
      data: { kind: 'not-found' },
    });
    expect(await client.models.tie({ id, datasetId: null })).toMatchObject({ datasetId: null });
  });

  test('an export is the same bytes', async () => {
    const { client } = workbench;
    const id = await importFake(client, folder, { name: 'net' });
    const { path } = await client.variants.export({ id, path: join(folder, 'new-folder/out.onnx') });
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(join(folder, 'net.onnx'), 'utf8'));
  });

  test('a home can be moved', async () => {
    const id = await importFake(workbench.client, folder, { name: 'net' });
    await workbench.close();
    renameSync(join(folder, 'home'), join(folder, 'moved'));
    workbench = await openWorkbench(join(folder, 'moved'));
    const variant = await workbench.client.variants.get({ id });
    expect(variant.path.startsWith(join(folder, 'moved'))).toBe(true);
    expect(existsSync(variant.path)).toBe(true);
  });
});
