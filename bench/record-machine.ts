/**
 * Records how a real machine wanders: a model, its copy and another model in many short interleaved blocks, each in an engine
 * process of its own. Each call appends one long recording to a file; bench/real-coverage.ts cuts it into short experiments.
 *
 *   node bench/record-machine.ts --output FILE [--model fashion-resnet] [--other fashion-vit] [--threads 1] [--block 60] [--rounds 600] [--with-load]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { caseSettingsSchema } from '#shared/case.ts';
import { createEngineHost } from '#workbench/engine-process/engine-host.ts';
import { orderOfRound } from '#workbench/experiments/schedule.ts';
import { copyModel } from './copy-model.ts';
import type { Recording } from './recording.ts';
import { enginePath, openTemporaryWorkbench, samplePath } from './temporary-workbench.ts';

const { values } = parseArgs({
  options: {
    output: { type: 'string' },
    model: { type: 'string', default: 'fashion-resnet' },
    other: { type: 'string', default: 'fashion-vit' },
    threads: { type: 'string', default: '1' },
    block: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '600' },
    'with-load': { type: 'boolean', default: false },
  },
});
if (values.output === undefined) throw new Error('Name the file to append to: --output FILE.');
const threads = Number(values.threads);
const blockMs = Number(values.block);
const roundCount = Number(values.rounds);
const LIMIT = { silenceLimitMs: 120_000 };
const WARM_UP_MS = 2000;
/** Untimed before each block, as `schedule.ts` has it. */
const SETTLE_MS = 5;
const SEED = 1;

const workbench = await openTemporaryWorkbench();
const engines = createEngineHost({ enginePath });
const load: ChildProcess | null = values['with-load']
  ? fork(join(import.meta.dirname, 'disturbing-load.ts'), { stdio: 'ignore' })
  : null;
try {
  const copyPath = join(workbench.folder, 'copy.onnx');
  copyModel(samplePath(values.model), copyPath);
  const paths = { model: samplePath(values.model), copy: copyPath, other: samplePath(values.other) };
  const names = ['model', 'copy', 'other'] as const;
  const settings = caseSettingsSchema.parse({ intraOpThreads: threads });
  const inputs = { kind: 'generated', seed: SEED } as const;
  const cases = await Promise.all(
    names.map(async (name) => {
      const engine = await engines.start();
      await engine.request('session.load', { path: paths[name], provider: 'node:cpu', settings, inputs }, LIMIT);
      return { name, engine };
    }),
  );
  const plans = new Map<string, { durationMs: number; minimumSamples: number; settleRuns: number }>();
  for (const { name, engine } of cases) {
    const { lastRunMs } = await engine.request('session.warmUp', { limitMs: WARM_UP_MS }, LIMIT);
    const settleRuns = Math.min(20, Math.max(1, Math.round(SETTLE_MS / lastRunMs)));
    plans.set(name, { durationMs: blockMs, minimumSamples: 1, settleRuns });
  }
  const recorded: Recording['cases'] = { model: [], copy: [], other: [] };
  for (let round = 0; round < roundCount; round += 1) {
    for (const { name, engine } of orderOfRound(cases, round, SEED)) {
      const plan = plans.get(name);
      if (!plan) throw new Error(`${name} was not warmed up.`);
      const { samplesMs } = await engine.request('session.measure', plan, LIMIT);
      recorded[name].push(Array.from(samplesMs, (value) => Number(value.toFixed(4))));
    }
  }
  const recording: Recording = {
    settings: { model: values.model, other: values.other, threads, blockMs, isLoaded: load !== null },
    cases: recorded,
  };
  appendFileSync(values.output, `${JSON.stringify(recording)}\n`);
  console.log(`${values.model} and ${values.other}: ${roundCount} rounds`);
} finally {
  load?.kill();
  await engines.close();
  await workbench.close();
}
