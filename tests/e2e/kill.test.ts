/** What is saved survives the death of a process, wherever it strikes: killed from outside, as a user or the system would. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTemporaryFolder, removeFolder, waitFor } from '../fakes/test-workbench.ts';
import type { WorkbenchClient } from '../../src/workbench/local-client.ts';
import { descendantsOf, livingOf } from './program.ts';
import { type ServedWorkbench, serveWorkbench } from './served-workbench.ts';

let folder: string;
let served: ServedWorkbench[];
beforeEach(() => {
  folder = createTemporaryFolder();
  served = [];
});
afterEach(async () => {
  for (const { program } of served) await program.interrupt();
  removeFolder(folder);
});

async function serve(): Promise<ServedWorkbench> {
  const workbench = await serveWorkbench(join(folder, 'home'));
  served.push(workbench);
  return workbench;
}

function engineProcesses({ program }: ServedWorkbench): number[] {
  return descendantsOf(program.pid)
    .filter(({ command }) => command.includes('engine.js'))
    .map(({ pid }) => pid);
}

/** Two samples on the CPU, for longer than any test. */
async function startExperiment(client: WorkbenchClient) {
  const models = await client.models.list();
  const started = await client.experiments.start({
    variantIds: models.slice(0, 2).map(({ id }) => id),
    providers: ['node:cpu'],
    timeBudgetSeconds: 120,
    stopEarly: false,
  });
  const read = () => client.experiments.get({ id: started.experimentId });
  await waitFor(async () => (await read()).runs.every(({ blockCount }) => blockCount >= 2));
  return { ...started, read };
}

describe('killing', () => {
  test('an engine process while it measures fails its run, with the reason, and the other goes on', async () => {
    const workbench = await serve();
    const client = await workbench.connect();
    const { jobId, read } = await startExperiment(client);
    const [victim] = engineProcesses(workbench);
    process.kill(victim ?? 0, 'SIGKILL');
    await waitFor(async () => (await read()).runs.some(({ status }) => status === 'failed'));
    const { runs } = await read();
    const failed = runs.find(({ status }) => status === 'failed');
    expect(failed?.error).toMatchObject({ message: expect.stringMatching(/SIGKILL|killed/i) });
    const other = runs.find(({ status }) => status !== 'failed');
    const readOther = async () => (await read()).runs.find(({ id }) => id === other?.id);
    await waitFor(async () => ((await readOther())?.blockCount ?? 0) > (other?.blockCount ?? Infinity));
    await client.jobs.cancel({ id: jobId });
    expect(await readOther()).toMatchObject({ status: 'cancelled', error: null });
  });

  test('the workbench in the middle of an experiment leaves no engine behind, keeps the blocks, and it can be resumed', async () => {
    const first = await serve();
    const client = await first.connect();
    const { experimentId, jobId, read } = await startExperiment(client);
    const saved = (await read()).runs.map(({ blockCount }) => blockCount);
    const engines = engineProcesses(first);
    expect(engines.length).toBeGreaterThan(0);
    await first.program.kill();
    await waitFor(() => livingOf(engines).length === 0);

    const second = await serve();
    const again = await second.connect();
    expect(await again.jobs.get({ id: jobId })).toMatchObject({ status: 'interrupted' });
    const interrupted = await again.experiments.get({ id: experimentId });
    for (const [index, run] of interrupted.runs.entries()) {
      expect(run.blockCount).toBeGreaterThanOrEqual(saved[index] ?? Infinity);
    }
    await again.jobs.resume({ id: jobId });
    await waitFor(async () => {
      const { runs } = await again.experiments.get({ id: experimentId });
      return runs.every((run, index) => run.blockCount > (interrupted.runs[index]?.blockCount ?? Infinity));
    });
    expect(await again.jobs.cancel({ id: jobId })).toMatchObject({ status: 'cancelled' });
  });
});

test('ctrl-C ends the server and the engine processes that measure for it', async () => {
  const workbench = await serve();
  await startExperiment(await workbench.connect());
  const everything = descendantsOf(workbench.program.pid).map(({ pid }) => pid);
  expect(everything.length).toBeGreaterThan(0);
  expect(await workbench.program.interrupt()).toBe(0);
  await waitFor(() => livingOf(everything).length === 0);
});
