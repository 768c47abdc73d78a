/** Several instances of a model in one engine process: started, kept busy without a pause, and what that says. */
import { AppError } from '#shared/app-error.ts';
import type { Device } from '#shared/device.ts';
import type { EngineResult } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { EngineProcess } from '../../engine-process/engine-process.ts';
import { requirePath } from '../prepare-case.ts';
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

/** Cores that instances can share. */
export function coresOf({ cpu }: Device): number {
  return Math.max(1, Math.min(cpu.usableCores, cpu.physicalCores ?? cpu.usableCores));
}

/** Requests that are all there at once; more than instances answer within a block. */
const ENDLESS = new Float64Array(20_000);

export type LoadedInstances = { engine: EngineProcess; intraOpThreads: number };

/** A process with its instances, warmed up; it is gone when that fails. Errors: `unsupported`, and those of the engine. */
export async function startInstances(
  context: ScenarioContext,
  { instanceCount, batchSize }: { instanceCount: number; batchSize: number },
): Promise<LoadedInstances> {
  const { engines, run, inputs, limits, signal } = context;
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
      { path: requirePath(run), provider: run.provider, settings, inputs, instanceCount },
      { silenceLimitMs: limits.loadMs * instanceCount, signal },
    );
    await saturate(context, engine, WARM_UP_MS);
    return { engine, intraOpThreads };
  } catch (error) {
    await engine.kill();
    throw error;
  }
}

const WARM_UP_MS = 500;

/** All instances run without a pause for about so long, each at least once. */
export async function saturate(
  { limits, signal }: Pick<ScenarioContext, 'limits' | 'signal'>,
  engine: EngineProcess,
  durationMs: number,
): Promise<EngineResult<'instances.serve'>> {
  return engine.request(
    'instances.serve',
    { arrivalsMs: ENDLESS, limitMs: durationMs, stop: null },
    { silenceLimitMs: limits.measureMs + durationMs, signal },
  );
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
