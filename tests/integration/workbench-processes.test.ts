/** Several Whittle processes on one home, and the death of one of them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChangeTopic } from '../../src/shared/contract/application.ts';
import {
  AT_ONCE_MS,
  createTemporaryFolder,
  finish,
  importFake,
  openWorkbench,
  removeFolder,
  type TestWorkbench,
  waitFor,
} from '../fakes/test-workbench.ts';

let folder: string;
let homePath: string;
let open: TestWorkbench[];
let children: ChildProcess[];
beforeEach(() => {
  folder = createTemporaryFolder();
  homePath = join(folder, 'home');
  open = [];
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(open.map((workbench) => workbench.close()));
  removeFolder(folder);
});

async function openHere(): Promise<TestWorkbench> {
  const workbench = await openWorkbench(homePath);
  open.push(workbench);
  return workbench;
}

/** A workbench in a process of its own that measures a model for long. */
async function startElsewhere() {
  const child = fork(join(import.meta.dirname, '../fakes/measuring-workbench.ts'), [folder], { execArgv: [] });
  children.push(child);
  const [started] = (await once(child, 'message')) as [{ experimentId: string; jobId: string }];
  return { child, ...started };
}

function livingEngines(): string[] {
  const self = String(process.pid);
  const children = readFileSync(`/proc/${self}/task/${self}/children`, 'utf8');
  return children.trim().split(' ').filter(Boolean);
}

describe('a workbench that is killed while it measures', () => {
  test('loses nothing that was saved; the job is recognised as interrupted and can be resumed', async () => {
    const elsewhere = await startElsewhere();
    const here = await openHere();
    const read = () => here.client.experiments.get({ id: elsewhere.experimentId });
    await waitFor(async () => (await read()).runs.every((run) => run.blockCount >= 3));
    const before = await read();
    elsewhere.child.kill('SIGKILL');
    await once(elsewhere.child, 'exit');
    await here.close();

    const again = await openHere();
    const job = await again.client.jobs.get({ id: elsewhere.jobId });
    expect(job).toMatchObject({ status: 'interrupted', error: { message: expect.stringContaining('resume it') } });
    const interrupted = await again.client.experiments.get({ id: elsewhere.experimentId });
    expect(interrupted.status).toBe('interrupted');
    for (const [index, run] of interrupted.runs.entries()) {
      expect(run.blockCount).toBeGreaterThanOrEqual(before.runs[index]?.blockCount ?? Infinity);
    }
    await again.client.jobs.resume({ id: elsewhere.jobId });
    await waitFor(async () => {
      const { runs } = await again.client.experiments.get({ id: elsewhere.experimentId });
      return runs.every((run, index) => run.blockCount > (interrupted.runs[index]?.blockCount ?? Infinity));
    });
    expect((await again.client.jobs.cancel({ id: elsewhere.jobId })).status).toBe('cancelled');
  });

  test('is noticed by one that is open, and what waited for it begins', async () => {
    const elsewhere = await startElsewhere();
    const here = await openHere();
    await waitFor(async () => (await here.client.jobs.get({ id: elsewhere.jobId })).status === 'running');
    const id = await importFake(here.client, folder, { name: 'mine' });
    const mine = await here.client.experiments.start({
      variantIds: [id],
      providers: ['node:cpu'],
      timeBudgetSeconds: 1,
    });
    await waitFor(async () =>
      (await here.client.jobs.get({ id: mine.jobId })).message.includes('another Whittle process'),
    );
    elsewhere.child.kill('SIGKILL');
    expect((await finish(here.client, mine.jobId)).status).toBe('completed');
    expect((await here.client.jobs.get({ id: elsewhere.jobId })).status).toBe('interrupted');
  });
});

describe('two workbenches on one home', () => {
  test('measure one after the other, never at the same time', async () => {
    const [first, second] = [await openHere(), await openHere()];
    const id = await importFake(first.client, folder, { name: 'net', runMs: 2 });
    const plan = { variantIds: [id], providers: ['node:cpu' as const], timeBudgetSeconds: 1 };
    const jobs = await Promise.all([first, second, first].map(({ client }) => client.experiments.start(plan)));
    const done = await Promise.all(jobs.map(({ jobId }) => finish(first.client, jobId)));
    expect(done.map((job) => job.status)).toEqual(['completed', 'completed', 'completed']);
    const spans = done.map((job) => [job.startedAtMs ?? 0, job.endedAtMs ?? 0] as const).toSorted(([a], [b]) => a - b);
    for (const [index, span] of spans.slice(1).entries())
      expect(span[0]).toBeGreaterThanOrEqual(spans[index]?.[1] ?? 0);
    const experiments = await first.client.experiments.list();
    expect(experiments).toHaveLength(3);
  });

  test('either can cancel a job of the other, at once', async () => {
    const [first, second] = [await openHere(), await openHere()];
    const id = await importFake(first.client, folder, { name: 'net', runMs: 2 });
    const started = await first.client.experiments.start({
      variantIds: [id],
      providers: ['node:cpu'],
      timeBudgetSeconds: 60,
    });
    await waitFor(
      async () => (await second.client.experiments.get({ id: started.experimentId })).runs[0]?.blockCount !== 0,
    );
    const cancelMs = performance.now();
    expect(await second.client.jobs.cancel({ id: started.jobId })).toMatchObject({ status: 'cancelled' });
    expect(performance.now() - cancelMs).toBeLessThan(AT_ONCE_MS);
  });

  test('each hears what the other writes', async () => {
    const [first, second] = [await openHere(), await openHere()];
    const controller = new AbortController();
    const heard = new Set<ChangeTopic>();
    const listening = (async () => {
      const changes = await second.client.application.changes(undefined, { signal: controller.signal });
      for await (const { topics } of changes) for (const topic of topics) heard.add(topic);
    })();
    const id = await importFake(first.client, folder, { name: 'net' });
    await waitFor(() => heard.has('models'));
    const { jobId } = await first.client.experiments.start({
      variantIds: [id],
      providers: ['node:cpu'],
      timeBudgetSeconds: 1,
    });
    expect((await finish(second.client, jobId)).status).toBe('completed');
    await waitFor(() => heard.has('jobs') && heard.has('experiments'));
    expect(heard.has('reports')).toBe(false);
    controller.abort();
    await listening;
  });

  test('import the same file at the same time once', async () => {
    const [first, second] = [await openHere(), await openHere()];
    const both = await Promise.all([
      importFake(first.client, folder, { name: 'net' }),
      importFake(second.client, folder, { name: 'net' }),
    ]);
    expect(new Set(both).size).toBe(1);
    const [model] = await first.client.models.list();
    expect(model?.variants.map((variant) => existsSync(variant.path))).toEqual([true]);
  });

  test('what one removed is not purged while the other is open', async () => {
    const [first, second] = [await openHere(), await openHere()];
    const id = await importFake(first.client, folder, { name: 'net' });
    await first.client.models.remove({ id });
    await second.close();
    expect((await first.client.models.restore({ id })).id).toBe(id);
  });
});

describe('closing', () => {
  test.runIf(process.platform === 'linux')('ends every engine process', async () => {
    const here = await openHere();
    const id = await importFake(here.client, folder, { name: 'net', on: { 'session.load': 'hang' } });
    await here.client.experiments.start({ variantIds: [id], providers: ['node:cpu'], timeBudgetSeconds: 1 });
    const before = livingEngines();
    await waitFor(() => livingEngines().length > 0 || before.length > 0);
    await here.close();
    expect(livingEngines()).toEqual([]);
    expect(here.complaints).toEqual([]);
  });

  test('ends a stream of changes', async () => {
    const here = await openHere();
    const changes = await here.client.application.changes();
    const next = changes.next();
    await here.close();
    expect((await next).done).toBe(true);
  });
});
