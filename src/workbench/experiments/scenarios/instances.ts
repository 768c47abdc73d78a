/** Several instances of a model in one engine process: started, kept busy without a pause, and what that says. */
import { AppError } from '#shared/app-error.ts';
import type { BlockContext } from '#shared/block-context.ts';
import { coresOf } from '#shared/cores-of.ts';
import type { EngineResult } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import { median } from '#shared/statistics/quantile.ts';
import type { EngineProcess, RequestOptions } from '../../engine-process/engine-process.ts';
import { requirePath } from '../prepare-case.ts';
import { SILENCE_FACTOR } from '../silence-limits.ts';
import type { ScenarioContext } from './scenario-context.ts';

export const NOT_IN_BROWSERS =
  'Requests that arrive on their own, and several instances, need threads that share a clock and a queue, and are measured in native engine processes only. Choose a provider that begins with “node:”.';

/** In ONNX Runtime 1.30 its sessions in one process record commands on one device, and runs at the same time fail each other. */
const ONE_AT_A_TIME: readonly ProviderId[] = ['node:webgpu'];

/** Instances of the provider that can run at the same time in one process. */
export function mostInstances(provider: ProviderId): number {
  return ONE_AT_A_TIME.includes(provider) ? 1 : Infinity;
}

/**
 * Threads of each of several instances. Where ONNX Runtime would choose, the cores are divided, because as many threads as cores in each
 * instance would take the cores from one another.
 */
export function instanceThreads(
  { run, device }: Pick<ScenarioContext, 'run' | 'device'>,
  instanceCount: number,
): number {
  const { intraOpThreads } = run.settings;
  if (intraOpThreads > 0 || instanceCount === 1) return intraOpThreads;
  return Math.max(1, Math.floor(coresOf(device) / instanceCount));
}

/** Requests that are all there at once. Fast instances have answered them before the time is over, and that ends it: a rate needs no more. */
const ALL_AT_ONCE = new Float64Array(20_000);

export type LoadedInstances = {
  engine: EngineProcess;
  intraOpThreads: number;
  /** Of a run while all instances are busy: the median of the warm-up, or what the case's own runs let expect. */
  runMs: number;
};

/** A process with its instances, warmed up; it is gone when that fails. Errors: `unsupported`, and those of the engine. */
export async function startInstances(
  context: ScenarioContext,
  { instanceCount, batchSize }: { instanceCount: number; batchSize: number },
): Promise<LoadedInstances> {
  const { engines, run, inputs, runtimeInterface, limits, signal } = context;
  if (instanceCount > mostInstances(run.provider)) {
    throw new AppError(
      'unsupported',
      `${run.provider} runs one session of a process at a time, so ${instanceCount} instances cannot be measured. Ask for one.`,
    );
  }
  const intraOpThreads = instanceThreads(context, instanceCount);
  const engine = await engines.start({ provider: run.provider, signal });
  try {
    const settings = { ...run.settings, batchSize, intraOpThreads };
    await engine.request(
      'instances.load',
      { path: requirePath(run), provider: run.provider, settings, inputs, runtimeInterface, instanceCount },
      { silenceLimitMs: limits.loadMs * instanceCount, signal },
    );
    // How long a run takes is not known yet: it may be many times the one of the case.
    const warmedUp = await serveAll(engine, WARM_UP_MS, { silenceLimitMs: limits.runMs + WARM_UP_MS, signal });
    const timesMs = runTimes(warmedUp);
    // On a very busy machine no thread may have begun before it was over.
    const runMs = timesMs.length > 0 ? median(timesMs) : (context.medianMs * batchSize) / run.settings.batchSize;
    return { engine, intraOpThreads, runMs };
  } catch (error) {
    await engine.kill();
    throw error;
  }
}

const WARM_UP_MS = 500;

/** All instances run without a pause for about so long, each at least once. */
export async function saturate(
  context: Pick<ScenarioContext, 'limits' | 'signal' | 'watch'>,
  instances: LoadedInstances,
  durationMs: number,
): Promise<Served> {
  const silenceLimitMs = servingSilenceMs(context, instances) + durationMs;
  const options = { silenceLimitMs, signal: context.signal };
  return serveWatched(context, () => serveAll(instances.engine, durationMs, options));
}

export type Served = Omit<EngineResult<'instances.serve'>, 'usage'> & { context: BlockContext };

/** With what the machine did meanwhile. */
export async function serveWatched(
  { watch }: Pick<ScenarioContext, 'watch'>,
  serve: () => Promise<EngineResult<'instances.serve'>>,
): Promise<Served> {
  const endWatch = watch.start();
  const { usage, ...served } = await serve();
  return { ...served, context: endWatch(usage) };
}

/** How long instances that serve may be silent, beside the time that they were asked for. */
export function servingSilenceMs(
  { limits }: Pick<ScenarioContext, 'limits'>,
  { runMs }: Pick<LoadedInstances, 'runMs'>,
): number {
  return limits.measureMs + SILENCE_FACTOR * runMs;
}

function serveAll(
  engine: EngineProcess,
  durationMs: number,
  options: RequestOptions,
): Promise<EngineResult<'instances.serve'>> {
  return engine.request('instances.serve', { arrivalsMs: ALL_AT_ONCE, limitMs: durationMs, stop: null }, options);
}

/** Runs per second: the rates of the instances, each over the time until its own last run ended, added up. */
export function saturatedRate({
  endedMs,
  takenBy,
}: Pick<EngineResult<'instances.serve'>, 'endedMs' | 'takenBy'>): number {
  const lastEndMs = new Map<number, number>();
  const counts = new Map<number, number>();
  for (const [index, instance] of takenBy.entries()) {
    lastEndMs.set(instance, Math.max(lastEndMs.get(instance) ?? 0, endedMs[index] as number));
    counts.set(instance, (counts.get(instance) ?? 0) + 1);
  }
  return [...counts].reduce((sum, [instance, count]) => sum + (count * 1000) / (lastEndMs.get(instance) as number), 0);
}

/** In one order for all: how long the runs took, by arrival. */
export function runTimes({ begunMs, endedMs }: Pick<EngineResult<'instances.serve'>, 'begunMs' | 'endedMs'>): number[] {
  return Array.from(endedMs, (end, index) => end - (begunMs[index] as number));
}
