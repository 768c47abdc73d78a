/** How benchmarks usually compare two models: one after the other, each with its own process, by their means. */
import { caseSettingsSchema } from '#shared/case.ts';
import { studentQuantile } from '#shared/statistics/distributions.ts';
import type { EngineHost } from '#workbench/engine-process/engine-host.ts';

const WARM_UP_RUNS = 10;
const LIMIT = { silenceLimitMs: 120_000 };

export type SequentialResult = {
  /** Mean time of the first over that of the second. */
  ratio: number;
  /** Whether a 95 % Welch interval over single samples excludes "equal". */
  isSignificant: boolean;
};

/** @param durationMs of each */
export async function measureSequentially(
  engines: EngineHost,
  paths: readonly [string, string],
  durationMs: number,
): Promise<SequentialResult> {
  const [first, second] = [
    describe(await measureOne(engines, paths[0], durationMs)),
    describe(await measureOne(engines, paths[1], durationMs)),
  ];
  const variance = first.squaredError + second.squaredError;
  const degreesOfFreedom = Math.max(1, Math.floor(Math.min(first.count, second.count) - 1));
  const half = studentQuantile(0.975, degreesOfFreedom) * Math.sqrt(variance);
  return { ratio: first.mean / second.mean, isSignificant: Math.abs(first.mean - second.mean) > half };
}

async function measureOne(engines: EngineHost, path: string, durationMs: number): Promise<Float64Array> {
  const engine = await engines.start();
  try {
    const settings = caseSettingsSchema.parse({});
    const inputs = { kind: 'generated', seed: 1 } as const;
    await engine.request('session.load', { path, provider: 'node:cpu', settings, inputs }, LIMIT);
    const plan = { durationMs, minimumSamples: 2, settleRuns: WARM_UP_RUNS };
    return (await engine.request('session.measure', plan, LIMIT)).samplesMs;
  } finally {
    await engine.kill();
  }
}

function describe(samples: Float64Array): { mean: number; count: number; squaredError: number } {
  const count = samples.length;
  const mean = samples.reduce((sum, value) => sum + value, 0) / count;
  const squares = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, count, squaredError: squares / (count - 1) / count };
}
