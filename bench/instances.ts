/**
 * What holding an instance of a model costs in a thread and in a process, whether a thread is slower, what a message to an engine
 * process takes, and how late a thread is that waits for a request.
 *
 *   node bench/instances.ts [--model fashion-resnet] [--rounds 60]
 */
import { parseArgs } from 'node:util';
import { caseSettingsSchema } from '#shared/case.ts';
import type { SampleBlock } from '#shared/run.ts';
import { drawArrivals } from '#shared/scenarios/queue.ts';
import { compareBlocks } from '#shared/statistics/compare-blocks.ts';
import { quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';
import { createEngineHost } from '#workbench/engine-process/engine-host.ts';
import type { EngineProcess } from '#workbench/engine-process/engine-process.ts';
import { enginePath, samplePath } from './temporary-workbench.ts';

const { values } = parseArgs({
  options: { model: { type: 'string', default: 'fashion-resnet' }, rounds: { type: 'string', default: '60' } },
});
const roundCount = Number(values.rounds);
const LIMIT = { silenceLimitMs: 120_000 };
const BLOCK_MS = 40;
const MESSAGE_COUNT = 2000;
const REQUEST_COUNT = 1000;
/** Few enough that an instance is idle when the next one arrives. */
const REQUESTS_PER_SECOND = 100;
const INSTANCE_COUNTS = [1, 2, 4];

const engines = createEngineHost({ enginePath });
const settings = caseSettingsSchema.parse({ intraOpThreads: 1 });
const path = samplePath(values.model);
const session = { path, provider: 'node:cpu', settings, inputs: { kind: 'generated', seed: 1 } } as const;
const allAtOnce = { arrivalsMs: new Float64Array(20_000), stop: null };
const megabytes = (bytes: number | null): string => (bytes === null ? '?' : (bytes / 1e6).toFixed(0));

async function withEngine<Result>(use: (engine: EngineProcess) => Promise<Result>): Promise<Result> {
  const engine = await engines.start();
  try {
    return await use(engine);
  } finally {
    await engine.kill();
  }
}

async function compareThreadWithProcess(): Promise<void> {
  await withEngine((asThread) =>
    withEngine(async (asProcess) => {
      await asThread.request('instances.load', { ...session, instanceCount: 1 }, LIMIT);
      await asProcess.request('session.load', session, LIMIT);
      await asThread.request('instances.serve', { ...allAtOnce, limitMs: 1000 }, LIMIT);
      await asProcess.request('session.warmUp', { limitMs: 1000 }, LIMIT);
      const blocks: Record<'thread' | 'process', SampleBlock[]> = { thread: [], process: [] };
      for (let round = 0; round < roundCount; round += 1) {
        const keep = (where: keyof typeof blocks, samplesMs: ArrayLike<number>): void =>
          void blocks[where].push({ blockIndex: round, round, startedAtMs: round, samplesMs: Array.from(samplesMs) });
        const measureThread = async (): Promise<void> => {
          const { begunMs, endedMs } = await asThread.request(
            'instances.serve',
            { ...allAtOnce, limitMs: BLOCK_MS },
            LIMIT,
          );
          keep(
            'thread',
            endedMs.map((endMs, index) => endMs - (begunMs[index] as number)),
          );
        };
        const measureProcess = async (): Promise<void> => {
          const plan = { durationMs: BLOCK_MS, minimumSamples: 1, settleRuns: 2 };
          keep('process', (await asProcess.request('session.measure', plan, LIMIT)).samplesMs);
        };
        for (const measure of round % 2 === 0 ? [measureThread, measureProcess] : [measureProcess, measureThread])
          await measure();
      }
      const compared = compareBlocks(blocks.process, blocks.thread);
      const { estimate, ciLow, ciHigh } = compared?.speedup ?? { estimate: Number.NaN, ciLow: null, ciHigh: null };
      const interval = [ciLow, ciHigh].map((value) => value?.toFixed(4) ?? '?').join('–');
      console.log(
        `A run in the main thread of a process over one in a thread: ${estimate.toFixed(4)} (95 % ${interval}), ${roundCount} rounds`,
      );
    }),
  );
}

async function measureMemory(): Promise<void> {
  for (const instanceCount of INSTANCE_COUNTS) {
    const loaded = await withEngine(async (engine) => {
      const startMs = performance.now();
      const { memory } = await engine.request('instances.load', { ...session, instanceCount }, LIMIT);
      return { ms: performance.now() - startMs, bytes: memory.residentBytes };
    });
    console.log(
      `${instanceCount} as threads: loaded in ${loaded.ms.toFixed(0)} ms, ${megabytes(loaded.bytes)} MB resident`,
    );
  }
  const single = await withEngine(async (engine) => {
    const startMs = performance.now();
    await engine.request('session.load', session, LIMIT);
    await engine.request('session.firstRun', { returnOutputs: false }, LIMIT);
    const ms = performance.now() - startMs + (engine.startMs ?? 0);
    return { ms, bytes: (await engine.request('session.memory', {}, LIMIT)).residentBytes };
  });
  console.log(
    `1 as a process: started and loaded in ${single.ms.toFixed(0)} ms, ${megabytes(single.bytes)} MB resident, each more the same again`,
  );
}

async function measureMessages(): Promise<void> {
  await withEngine(async (engine) => {
    await engine.request('session.load', session, LIMIT);
    const times: number[] = [];
    const startCpu = process.cpuUsage();
    for (let message = 0; message < MESSAGE_COUNT; message += 1) {
      const startMs = performance.now();
      await engine.request('session.memory', {}, LIMIT);
      times.push(performance.now() - startMs);
    }
    const { user, system } = process.cpuUsage(startCpu);
    const sorted = sortAscending(times);
    const text = [0.5, 0.99].map((share) => `${(quantileOfSorted(sorted, share) * 1000).toFixed(0)} µs`).join(' and ');
    console.log(
      `A message to a process and back: ${text} (p50 and p99), ${((user + system) / MESSAGE_COUNT).toFixed(0)} µs of processor time on this side`,
    );
  });
}

async function measureLateness(): Promise<void> {
  await withEngine(async (engine) => {
    await engine.request('instances.load', { ...session, instanceCount: 1 }, LIMIT);
    const arrivalsMs = drawArrivals({ ratePerSecond: REQUESTS_PER_SECOND, count: REQUEST_COUNT, seed: 1 });
    const served = await engine.request('instances.serve', { arrivalsMs, limitMs: 60_000, stop: null }, LIMIT);
    const late = sortAscending(
      Array.from(served.begunMs, (begunMs, index) => ({ begunMs, index }))
        .filter(({ index }) => index === 0 || (served.endedMs[index - 1] as number) <= (arrivalsMs[index] as number))
        .map(({ begunMs, index }) => begunMs - (arrivalsMs[index] as number)),
    );
    const text = [0.5, 0.9, 0.99].map((share) => `${(quantileOfSorted(late, share) * 1000).toFixed(0)} µs`).join(', ');
    console.log(`From arrival to the begin of a run at an idle instance: ${text} (p50, p90, p99 of ${late.length})`);
  });
}

await compareThreadWithProcess();
await measureMemory();
await measureMessages();
await measureLateness();
await engines.close();
