/** The queue: one job at a time has the machine; waiting, cancelling and trying again. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job } from '../../src/shared/job.ts';
import {
  createTemporaryFolder,
  finish,
  importFake,
  openWorkbench,
  removeFolder,
  type TestWorkbench,
  waitFor,
} from '../fakes/test-workbench.ts';

let folder: string;
let workbench: TestWorkbench;
let busyId: string;
beforeEach(async () => {
  folder = createTemporaryFolder();
  workbench = await openWorkbench(join(folder, 'home'));
  busyId = await importFake(workbench.client, folder, { name: 'busy', on: { 'session.load': 'hang' } });
});
afterEach(async () => {
  await workbench.close();
  removeFolder(folder);
});

async function start(variantId: string, name: string): Promise<string> {
  const plan = { variantIds: [variantId], providers: ['node:cpu' as const], timeBudgetSeconds: 1, name };
  return (await workbench.client.experiments.start(plan)).jobId;
}

const read = (id: string): Promise<Job> => workbench.client.jobs.get({ id });

test('a job that waits says for what, can be cancelled, and leaves the other alone', async () => {
  const { client } = workbench;
  const first = await start(busyId, 'The first');
  await waitFor(async () => (await read(first)).status === 'running');
  const second = await start(busyId, 'The second');
  await waitFor(async () => (await read(second)).message.includes('Waiting for “The first”'));
  expect(await read(second)).toMatchObject({ status: 'queued', progress: null, startedAtMs: null });
  expect(await client.jobs.cancel({ id: second })).toMatchObject({ status: 'cancelled' });
  expect((await read(first)).status).toBe('running');
  expect((await client.experiments.list()).map(({ name, status }) => [name, status])).toEqual([
    ['The second', 'cancelled'],
    ['The first', 'running'],
  ]);
});

test('jobs take their turn in the order in which they were started', async () => {
  const { client } = workbench;
  const quick = await importFake(client, folder, { name: 'quick' });
  const holder = await start(busyId, 'Holder');
  await waitFor(async () => (await read(holder)).status === 'running');
  const waiting = [await start(quick, 'A'), await start(quick, 'B')];
  const recipe = { version: 1 as const, name: 'small', passes: [{ pass: 'float16', settings: {} }] };
  waiting.push((await client.recipes.compress({ variantId: quick, recipe })).jobId);
  await client.jobs.cancel({ id: holder });
  const done = await Promise.all(waiting.map((id) => finish(client, id)));
  expect(done.map((job) => job.status)).toEqual(['completed', 'completed', 'completed']);
  const starts = done.map((job) => job.startedAtMs ?? 0);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  for (const [index, job] of done.slice(1).entries()) {
    expect(job.startedAtMs).toBeGreaterThanOrEqual(done[index]?.endedAtMs ?? Infinity);
  }
});

test('watching begins with the job as it is and ends when it is over', async () => {
  const { client } = workbench;
  const quick = await importFake(client, folder, { name: 'quick' });
  const id = await start(quick, 'Watched');
  const seen: Job[] = [];
  for await (const job of await client.jobs.watch({ id })) seen.push(job);
  expect(seen.at(-1)).toMatchObject({ status: 'completed', progress: 1, message: 'Done' });
  expect(seen.length).toBeGreaterThan(2);
  const fractions = seen.map((job) => job.progress ?? 0);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  const again: Job[] = [];
  for await (const job of await client.jobs.watch({ id })) again.push(job);
  expect(again).toEqual([seen.at(-1)]);
});

test('what is over cannot be cancelled, what is not cannot be resumed, what is completed neither', async () => {
  const { client } = workbench;
  const quick = await importFake(client, folder, { name: 'quick' });
  const completed = await start(quick, 'Completed');
  await finish(client, completed);
  expect((await client.jobs.cancel({ id: completed })).status).toBe('completed');
  await expect(client.jobs.resume({ id: completed })).rejects.toMatchObject({ data: { kind: 'conflict' } });
  const running = await start(busyId, 'Running');
  await expect(client.jobs.resume({ id: running })).rejects.toMatchObject({ data: { kind: 'conflict' } });
});

test('a failed job can be tried again, and its log tells of both', async () => {
  const { client } = workbench;
  const id = await importFake(client, folder, { name: 'broken', on: { 'model.compress': 'error' } });
  const recipe = { version: 1 as const, name: 'small', passes: [{ pass: 'float16', settings: {} }] };
  const { jobId } = await client.recipes.compress({ variantId: id, recipe });
  expect(await finish(client, jobId)).toMatchObject({ status: 'failed', error: { kind: 'provider-failed' } });
  await client.jobs.resume({ id: jobId });
  expect(await finish(client, jobId)).toMatchObject({ status: 'failed' });
  const log = await client.jobs.log({ id: jobId });
  expect(log.filter((line) => line.level === 'error')).toHaveLength(2);
  expect(log.map((line) => line.text)).toContain('Started again');
});

test('the list is newest first and as long as asked for', async () => {
  const { client } = workbench;
  const ids = [await start(busyId, 'One'), await start(busyId, 'Two'), await start(busyId, 'Three')];
  expect((await client.jobs.list({ limit: 2 })).map((job) => job.id)).toEqual([ids[2], ids[1]]);
});
