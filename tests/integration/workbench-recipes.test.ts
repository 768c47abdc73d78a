/** Recipes that a user keeps, with real files and engine processes (of the fake engine). */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTemporaryFolder, openWorkbench, removeFolder, type TestWorkbench } from '../fakes/test-workbench.ts';

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

const named = (name: string) => ({ version: 1 as const, name, passes: [{ pass: 'float16', settings: {} }] });

describe('recipes of one’s own', () => {
  test('are kept over a restart, in the order of their names', async () => {
    const { client } = workbench;
    await client.recipes.save({ recipe: named('second') });
    await client.recipes.save({ recipe: named('first') });
    await workbench.close();
    workbench = await openWorkbench(join(folder, 'home'));
    expect((await workbench.client.recipes.list()).map(({ name }) => name)).toEqual(['first', 'second']);
  });

  test('a name is taken once: by a preset, a pass, or another, whatever its case', async () => {
    const { client } = workbench;
    const { id } = await client.recipes.save({ recipe: named('mine') });
    for (const name of ['half', 'shrink', 'Mine']) {
      await expect(client.recipes.save({ recipe: named(name) })).rejects.toMatchObject({ data: { kind: 'conflict' } });
    }
    const replaced = { ...named('Mine'), passes: [{ pass: 'shrink', settings: {} }] };
    expect(await client.recipes.save({ recipe: replaced, replace: true })).toMatchObject({ id, name: 'Mine' });
    expect(await client.recipes.list()).toMatchObject([{ id, recipe: replaced }]);
  });

  test('an unknown pass is refused', async () => {
    const unknown = { ...named('mine'), passes: [{ pass: 'unknown', settings: {} }] };
    await expect(workbench.client.recipes.save({ recipe: unknown })).rejects.toMatchObject({
      data: { kind: 'invalid-input' },
    });
  });

  test('renaming changes the recipe’s own name, and not to one that is taken', async () => {
    const { client } = workbench;
    const { id } = await client.recipes.save({ recipe: named('one') });
    await client.recipes.save({ recipe: named('two') });
    await expect(client.recipes.rename({ id, name: 'two' })).rejects.toMatchObject({ data: { kind: 'conflict' } });
    expect(await client.recipes.rename({ id, name: 'One' })).toMatchObject({ name: 'One', recipe: { name: 'One' } });
  });

  test('removing can be undone until the workbench stops, unless the name was taken since', async () => {
    const { client } = workbench;
    const { id } = await client.recipes.save({ recipe: named('one') });
    await client.recipes.remove({ id });
    expect(await client.recipes.list()).toEqual([]);
    expect(await client.recipes.restore({ id })).toMatchObject({ name: 'one' });
    await client.recipes.remove({ id });
    await client.recipes.save({ recipe: named('one') });
    await expect(client.recipes.restore({ id })).rejects.toMatchObject({ data: { kind: 'conflict' } });
    await workbench.close();
    workbench = await openWorkbench(join(folder, 'home'));
    await expect(workbench.client.recipes.restore({ id })).rejects.toMatchObject({ data: { kind: 'not-found' } });
    expect(await workbench.client.recipes.list()).toHaveLength(1);
  });

  test('saving tells whoever follows changes', async () => {
    const { client } = workbench;
    const changes = await client.application.changes();
    await client.recipes.save({ recipe: named('one') });
    expect(await changes.next()).toMatchObject({ done: false, value: { topics: ['recipes'] } });
    await changes.return?.();
  });
});
