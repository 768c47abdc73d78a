/** Providers that misbehave in every way known of drivers, through real processes and real experiments on the real ONNX Runtime. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppErrorKind } from '../../src/shared/app-error.ts';
import type { ProviderId } from '../../src/shared/provider.ts';
import type { Run } from '../../src/shared/run.ts';
import { descendantsOf } from '../e2e/program.ts';
import type { Fault } from '../fakes/faults.ts';
import {
  createTemporaryFolder,
  finish,
  openWorkbench,
  removeFolder,
  samplesPath,
  type TestWorkbench,
} from '../fakes/test-workbench.ts';

/** For engines that hang; the others of the experiment start and answer within it, too. */
const SHORT_LIMIT_MS = 12_000;
/** A machine that others use may be slow; what dies is noticed at once. */
const LONG_LIMIT_MS = 60_000;

type Expected = { kind: AppErrorKind; message: RegExp };

let folder: string;
let workbench: TestWorkbench | null;
beforeEach(() => {
  folder = createTemporaryFolder();
  workbench = null;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await workbench?.close();
  removeFolder(folder);
});

/** node:cpu, which is in order, beside three others that are not. */
async function measureBeside(faults: readonly Fault[]): Promise<{ cpu: Run; others: Run[] }> {
  const limitMs = faults.some(({ does }) => does === 'hang') ? SHORT_LIMIT_MS : LONG_LIMIT_MS;
  workbench = await openWorkbench(join(folder, 'home'), {
    enginePath: join(import.meta.dirname, '../fakes/faulty-engine.ts'),
    samplesPath,
    silenceLimits: { loadMs: limitMs, runMs: limitMs, measureMs: limitMs, profileMs: limitMs },
  });
  const { client } = workbench;
  const providers: ProviderId[] = ['node:webgpu', 'node:cuda', 'node:tensorrt'];
  vi.stubEnv(
    'WHITTLE_TEST_FAULTS',
    JSON.stringify(Object.fromEntries(faults.map((fault, index) => [providers[index], fault]))),
  );
  const model = (await client.models.list()).find(({ name }) => name === 'fashion-resnet');
  const { experimentId, jobId } = await client.experiments.start({
    variantIds: [model?.id ?? ''],
    providers: ['node:cpu', ...providers.slice(0, faults.length)],
    timeBudgetSeconds: 1,
    profile: false,
  });
  expect((await finish(client, jobId)).status).toBe('completed');
  const [cpu, ...others] = (await client.experiments.get({ id: experimentId })).runs;
  return { cpu: cpu as Run, others };
}

const crashed = (message: RegExp): Expected => ({ kind: 'engine-crashed', message });
const silent = (method: string): Expected => ({
  kind: 'engine-timeout',
  message: new RegExp(`did not answer ${method} within 12 s and was stopped`),
});

describe('a provider', () => {
  test.each<[string, [Fault, Expected][]]>([
    [
      'that hangs',
      [
        [{ does: 'hang', in: 'session.load' }, silent('session\\.load')],
        [{ does: 'hang', in: 'session.firstRun' }, silent('session\\.firstRun')],
        [{ does: 'hang', in: 'session.measure' }, silent('session\\.measure')],
      ],
    ],
    [
      'that dies while it loads',
      [
        [{ does: 'segfault', in: 'session.load' }, crashed(/session\.load.*SIGSEGV.*memory access violation/)],
        [{ does: 'abort', in: 'session.load' }, crashed(/session\.load.*SIGABRT/)],
        [{ does: 'exit-0', in: 'session.load' }, crashed(/session\.load.*exit code 0 without an answer/)],
      ],
    ],
    [
      'that dies in its first run',
      [
        [{ does: 'segfault', in: 'session.firstRun' }, crashed(/session\.firstRun.*SIGSEGV/)],
        [
          { does: 'out-of-memory', in: 'session.firstRun' },
          { kind: 'out-of-memory', message: /bad_alloc/ },
        ],
        [{ does: 'exit-0', in: 'session.firstRun' }, crashed(/session\.firstRun.*exit code 0/)],
      ],
    ],
    [
      'that dies while it is measured',
      [
        [{ does: 'segfault', in: 'session.measure' }, crashed(/session\.measure.*SIGSEGV/)],
        [
          { does: 'out-of-memory', in: 'session.measure' },
          { kind: 'out-of-memory', message: /bad_alloc/ },
        ],
        [
          { does: 'throw', in: 'session.measure' },
          { kind: 'provider-failed', message: /fell off its bus/ },
        ],
      ],
    ],
    [
      'that computes wrongly',
      [
        [{ does: 'nan' }, { kind: 'parity-failed', message: /1 value is NaN or infinite/ }],
        [
          { does: 'wrong' },
          {
            kind: 'parity-failed',
            message:
              /“logits” differs .* times what float32 arithmetic allows \(largest difference .*, cosine .*, same best class for 0 of 1\)/,
          },
        ],
        [
          { does: 'shape' },
          { kind: 'parity-failed', message: /float32 \[10, 1\] where node:cpu gives float32 \[1, 10\]/ },
        ],
      ],
    ],
  ])('%s costs its own case, with the reason, and leaves no process', async (_, cases) => {
    const { cpu, others } = await measureBeside(cases.map(([fault]) => fault));
    expect(cpu).toMatchObject({ status: 'completed', error: null });
    expect(cpu.blockCount).toBeGreaterThanOrEqual(1);
    expect(others.map(({ status, latencyMs }) => [status, latencyMs])).toEqual(cases.map(() => ['failed', null]));
    for (const [index, [, { kind, message }]] of cases.entries()) {
      expect(others[index]?.error).toMatchObject({ kind, message: expect.stringMatching(message) });
    }
    expect(descendantsOf(process.pid).filter(({ command }) => command.includes('faulty-engine'))).toEqual([]);
  });

  test('that gives other results each time is measured, and the run says how far they are apart', async () => {
    const { others } = await measureBeside([{ does: 'random' }]);
    expect(others[0]).toMatchObject({ status: 'completed', parity: { passed: true, top1Agreement: 1 } });
    expect(others[0]?.warnings).toContainEqual({
      kind: 'non-deterministic',
      message: expect.stringMatching(
        /^node:webgpu does not give the same results each time: .*“logits” differs by up to/,
      ),
    });
  });
});
