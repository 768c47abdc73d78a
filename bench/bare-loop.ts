/**
 * What anybody would write around onnxruntime-node, in a process of its own: create a session, run it in a loop, take the time
 * before and after. Nothing of Whittle but the way inputs are made, so that both run on the same values; and Whittle's clock,
 * where the two clocks are to be compared on the same session.
 */
import { caseSettingsSchema } from '#shared/case.ts';
import { generateFeeds, inputSlotsOf } from '#engine/runtime/make-feeds.ts';
import { loadOnnxRuntime } from '#engine/runtime/onnxruntime.ts';
import { readMemory } from '#engine/runtime/read-memory.ts';
import { timeRun } from '#engine/benchmark/time-run.ts';
import { resolveShapes } from '#engine/runtime/resolve-shapes.ts';

export type BareRequest =
  | { kind: 'load'; path: string; batchSize: number; threads: number }
  | { kind: 'block'; durationMs: number; untimedRuns: number }
  /** Runs timed by turns: the bare way, Whittle's way, Whittle's, the bare, and so on. */
  | { kind: 'by turns'; pairCount: number }
  | { kind: 'memory' };
export type BareReply = { samplesMs: number[]; whittleSamplesMs: number[]; peakBytes: number | null };

const ort = await loadOnnxRuntime();
let runOnce: (() => Promise<unknown>) | null = null;
let timeOnce: (() => Promise<number>) | null = null;

async function timeBare(run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

async function answer(request: BareRequest): Promise<BareReply> {
  const samplesMs: number[] = [];
  const whittleSamplesMs: number[] = [];
  if (request.kind === 'load') {
    const session = await ort.InferenceSession.create(request.path, { intraOpNumThreads: request.threads });
    const settings = caseSettingsSchema.parse({ batchSize: request.batchSize });
    const feeds = generateFeeds(ort, resolveShapes(inputSlotsOf(session), settings).inputs, 1);
    runOnce = () => session.run(feeds);
    timeOnce = () => timeRun(session, feeds);
  } else if (request.kind === 'block' && runOnce !== null) {
    for (let run = 0; run < request.untimedRuns; run += 1) await runOnce();
    const untilMs = performance.now() + request.durationMs;
    do {
      samplesMs.push(await timeBare(runOnce));
    } while (performance.now() < untilMs);
  } else if (request.kind === 'by turns' && runOnce !== null && timeOnce !== null) {
    for (let pair = 0; pair < request.pairCount; pair += 1) {
      if (pair % 2 === 0) samplesMs.push(await timeBare(runOnce));
      whittleSamplesMs.push(await timeOnce());
      if (pair % 2 === 1) samplesMs.push(await timeBare(runOnce));
    }
  }
  return { samplesMs, whittleSamplesMs, peakBytes: readMemory().peakBytes };
}

process.on('message', (request: BareRequest) => void answer(request).then((reply) => process.send?.(reply)));
process.on('disconnect', () => process.exit(0));
