/**
 * What Whittle's way of measuring adds, in interleaved rounds of one run. Its engine through the interface for JavaScript is held against
 * a bare loop around onnxruntime-node in another process, and, because two processes of one model differ by themselves, the two ways of
 * taking the time by turns on one session of one process. Its engine through the C interface is held against a bare loop in C++ around
 * the same library, where there is a compiler, and in Python, where one with onnxruntime is there; of another version of it, that says
 * nothing of the bar. The peak memory of both engines is held against that of the bare process of Node.js. First, in microseconds, what
 * each takes for a model of one Relu, which computes next to nothing.
 * Both are started several times, since no two starts of one process are alike; intervals are those over starts.
 * Exit status 1 where a bar is missed.
 *
 *   node bench/overhead.ts [--models fashion-resnet,…] [--batch 8] [--threads 1] [--starts 10] [--rounds 40]
 *     [--compiler c++] [--python python3]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { caseSettingsSchema } from '#shared/case.ts';
import type { Comparison, SampleBlock } from '#shared/run.ts';
import { writeModel } from '#engine/onnx/write-model.ts';
import { compareBlocks } from '#shared/statistics/compare-blocks.ts';
import onnxRuntime from 'onnxruntime-node/package.json' with { type: 'json' };
import { median } from '#shared/statistics/quantile.ts';
import { createEngineHost } from '#workbench/engine-process/engine-host.ts';
import type { BareReply, BareRequest } from './bare-loop.ts';
import { findNativeLoop, findPythonLoop, type StartLoop } from './foreign-loop.ts';
import { modelOf, nodeOf } from '../tests/fakes/small-model.ts';
import { meanInterval } from './mean-interval.ts';
import { meanRatio } from './mean-ratio.ts';
import { enginePath, samplePath } from './temporary-workbench.ts';

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: 'fashion-resnet,fashion-mobilenet,fashion-vit' },
    batch: { type: 'string', default: '8' },
    threads: { type: 'string', default: '1' },
    starts: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '40' },
    compiler: { type: 'string', default: 'c++' },
    python: { type: 'string', default: 'python3' },
  },
});
const batchSize = Number(values.batch);
const threads = Number(values.threads);
const startCount = Number(values.starts);
/** Of each start. */
const roundCount = Number(values.rounds);

const ONNX_RUNTIME_VERSION = onnxRuntime.version;
const INTERFACES = ['javascript', 'c'] as const;
const LIMIT = { silenceLimitMs: 120_000 };
/** Short: two blocks of a round then meet the same machine, however busy it is. */
const BLOCK_MS = 40;
const UNTIMED_RUNS = 2;
/** Runs of each way in a round, on one session. */
const TURNS = 10;
const WARM_UP_MS = 1000;
/** For what is of the loops: they differ less by the start than what computes something. */
const LOOP_STARTS = 4;
/** The bar: so much of the time for models above a millisecond, and so much memory. */
const MOST_TIME = 0.01;
/** That share of a millisecond. */
const MOST_MICROSECONDS = 10;
const MOST_MEMORY_SHARE = 0.05;
const MOST_MEMORY_BYTES = 20e6;

const host = createEngineHost({ enginePath });
const folder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));
const foreignLoops: { language: string; startLoop: StartLoop }[] = [];
for (const [language, startLoop, missing] of [
  ['C++', findNativeLoop(values.compiler, folder), `${values.compiler} compiles no loop`],
  ['Python', findPythonLoop(values.python), `${values.python} has no onnxruntime`],
] as const) {
  if (startLoop === null) console.log(`${missing}, so there is none in ${language} to compare with.`);
  else foreignLoops.push({ language, startLoop });
}

async function ask(child: ChildProcess, request: BareRequest): Promise<BareReply> {
  const reply = once(child, 'message');
  child.send(request);
  return (await reply)[0] as BareReply;
}

/** What one start of all processes gives. */
async function compare(path: string) {
  const child = fork(join(import.meta.dirname, 'bare-loop.ts'), { serialization: 'advanced', execArgv: [] });
  const engines = { javascript: await host.start(), c: await host.start() };
  const foreign = foreignLoops.map(({ language, startLoop }) => ({
    language,
    loop: startLoop({ path, batchSize, threads }),
    blocks: [] as SampleBlock[],
    version: '',
  }));
  try {
    await ask(child, { kind: 'load', path, batchSize, threads });
    const settings = caseSettingsSchema.parse({ batchSize, intraOpThreads: threads });
    const inputs = { kind: 'generated', seed: 1 } as const;
    for (const each of INTERFACES) {
      const load = { path, provider: 'node:cpu', settings, inputs, runtimeInterface: each } as const;
      const { runtimeInterface } = await engines[each].request('session.load', load, LIMIT);
      if (runtimeInterface !== each)
        throw new Error('The C interface is not built: run “npm run build” with a compiler.');
    }
    for (const each of foreign) {
      each.version = (await each.loop.measure({ durationMs: WARM_UP_MS, untimedRuns: 0 })).version;
    }
    await ask(child, { kind: 'block', durationMs: WARM_UP_MS, untimedRuns: 0 });
    for (const each of INTERFACES) await engines[each].request('session.warmUp', { limitMs: WARM_UP_MS }, LIMIT);
    const bare: SampleBlock[] = [];
    const whittle = { javascript: [] as SampleBlock[], c: [] as SampleBlock[] };
    const plan = { durationMs: BLOCK_MS, minimumSamples: 1, settleRuns: UNTIMED_RUNS };
    const byTurns = { bare: [] as SampleBlock[], whittle: [] as SampleBlock[] };
    for (let round = 0; round < roundCount; round += 1) {
      const add = (blocks: SampleBlock[], samplesMs: ArrayLike<number>): void => {
        blocks.push({ blockIndex: round, round, startedAtMs: round, samplesMs: Array.from(samplesMs) });
      };
      const turns = await ask(child, { kind: 'by turns', pairCount: TURNS });
      add(byTurns.bare, turns.samplesMs);
      add(byTurns.whittle, turns.whittleSamplesMs);
      const measureBare = async (): Promise<void> =>
        add(bare, (await ask(child, { kind: 'block', durationMs: BLOCK_MS, untimedRuns: UNTIMED_RUNS })).samplesMs);
      const measureOurs = INTERFACES.map(
        (each) => async () =>
          add(whittle[each], (await engines[each].request('session.measure', plan, LIMIT)).samplesMs),
      );
      const measureForeign = foreign.map(
        ({ loop, blocks }) =>
          async () =>
            add(blocks, (await loop.measure({ durationMs: BLOCK_MS, untimedRuns: UNTIMED_RUNS })).samplesMs),
      );
      const inOrder = [measureBare, ...measureOurs, ...measureForeign];
      for (const measure of round % 2 === 0 ? inOrder : inOrder.toReversed()) await measure();
    }
    // Baseline over candidate: our time over that of the bare loop.
    const ratioOf = (ours: SampleBlock[], other: SampleBlock[]): number => {
      const compared = compareBlocks(ours, other);
      if (!compared) throw new Error('There is no round with both.');
      return compared.speedup.estimate;
    };
    const medianMs = (blocks: SampleBlock[]): number => median(blocks.flatMap((block) => block.samplesMs));
    return {
      bareMs: medianMs(bare),
      whittleMs: { javascript: medianMs(whittle.javascript), c: medianMs(whittle.c) },
      ratio: ratioOf(whittle.javascript, bare),
      waysRatio: ratioOf(whittle.javascript, whittle.c),
      clockRatio: ratioOf(byTurns.whittle, byTurns.bare),
      foreign: foreign.map(({ language, version, blocks }) => ({
        language,
        version,
        medianMs: medianMs(blocks),
        ratio: ratioOf(whittle.c, blocks),
      })),
      barePeakBytes: (await ask(child, { kind: 'memory' })).peakBytes,
      whittlePeakBytes: {
        javascript: (await engines.javascript.request('session.memory', {}, LIMIT)).peakBytes,
        c: (await engines.c.request('session.memory', {}, LIMIT)).peakBytes,
      },
    };
  } finally {
    await Promise.all(INTERFACES.map((each) => engines[each].kill()));
    child.kill();
    for (const { loop } of foreign) loop.close();
  }
}

const digits = (value: number | null): string => (value === null ? '–' : value.toFixed(4));
const intervalText = ({ estimate, ciLow, ciHigh }: Comparison['speedup']): string =>
  `  ${digits(estimate)} (${digits(ciLow)}–${digits(ciHigh)})`.padEnd(28);

/** What is of the loop and not of the model. @returns whether it is within the bar for models of a millisecond and more */
async function compareLoops(): Promise<boolean> {
  const path = join(folder, 'relu.onnx');
  const shape = ['batch', 1, 28, 28] as const;
  await writeModel(
    modelOf(17, { inputs: { x: ['float32', shape] }, outputs: ['y'], nodes: [nodeOf('Relu', ['x'], ['y'])] }),
    path,
  );
  const starts: Awaited<ReturnType<typeof compare>>[] = [];
  for (let start = 0; start < LOOP_STARTS; start += 1) starts.push(await compare(path));
  const microseconds = ({ estimate, ciLow, ciHigh }: Comparison['speedup']): string =>
    `${estimate.toFixed(1)} µs (${ciLow?.toFixed(1) ?? '–'} to ${ciHigh?.toFixed(1) ?? '–'})`;
  const inWhittle = (each: (typeof INTERFACES)[number]): string =>
    microseconds(meanInterval(starts.map(({ whittleMs }) => 1000 * whittleMs[each])));
  console.log(`One Relu: ${inWhittle('c')} in Whittle through C, ${inWhittle('javascript')} through JavaScript`);
  let isWithin = true;
  for (const language of ['Node.js', ...foreignLoops.map((loop) => loop.language)]) {
    const more = starts.map(({ bareMs, whittleMs, foreign }) => {
      const other = foreign.find((loop) => loop.language === language);
      return 1000 * (other === undefined ? whittleMs.javascript - bareMs : whittleMs.c - other.medianMs);
    });
    const interval = meanInterval(more);
    isWithin &&= (interval.ciLow ?? interval.estimate) <= MOST_MICROSECONDS;
    console.log(`  more than the loop in ${language}: ${microseconds(interval)}`);
  }
  return isWithin;
}

const mebibytes = (bytes: number | null): string => (bytes === null ? '–' : (bytes / 2 ** 20).toFixed(0));
console.log(
  `batch ${batchSize}, ${threads === 0 ? 'default' : threads} threads, ${startCount} starts of ${roundCount} rounds`,
);
try {
  if (!(await compareLoops())) process.exitCode = 1;
  console.log(
    '\nmodel                 C ms   Node.js ms   over a bare loop (95 %)    one process, by turns     over C                    peak MiB bare / JavaScript / C',
  );
  for (const name of values.models.split(',')) {
    const starts: Awaited<ReturnType<typeof compare>>[] = [];
    for (let start = 0; start < startCount; start += 1) starts.push(await compare(samplePath(name)));
    const largest = (numbers: readonly (number | null)[]): number | null =>
      numbers.includes(null) ? null : Math.max(...(numbers as number[]));
    const bareMs = median(starts.map((start) => start.bareMs));
    const whittleMs = (each: (typeof INTERFACES)[number]): number =>
      median(starts.map((start) => start.whittleMs[each]));
    const ratio = meanRatio(starts.map((start) => start.ratio));
    const clockRatio = meanRatio(starts.map((start) => start.clockRatio));
    const foreign = foreignLoops.map(({ language }, index) => {
      const loops = starts.flatMap((start) => start.foreign[index] ?? []);
      return { language, version: loops[0]?.version, ratio: meanRatio(loops.map((loop) => loop.ratio)) };
    });
    const barePeakBytes = largest(starts.map((start) => start.barePeakBytes));
    const peakBytes = INTERFACES.map((each) => largest(starts.map((start) => start.whittlePeakBytes[each])));
    const waysRatio = meanRatio(starts.map((start) => start.waysRatio));
    // Of another version, a loop says nothing of what is ours. Too much only where the whole interval says so: a noisy machine proves nothing.
    const judged = [
      ratio,
      clockRatio,
      ...foreign.flatMap(({ version, ratio: one }) => (version === ONNX_RUNTIME_VERSION ? [one] : [])),
    ];
    const isSlow = bareMs > 1 && judged.some(({ ciLow }) => ciLow !== null && ciLow > 1 + MOST_TIME);
    const isWithin = judged.every(({ ciHigh }) => ciHigh !== null && ciHigh <= 1 + MOST_TIME);
    const allowedBytes =
      barePeakBytes === null ? Infinity : barePeakBytes * (1 + MOST_MEMORY_SHARE) + MOST_MEMORY_BYTES;
    const isLarge = peakBytes.some((bytes) => bytes !== null && bytes > allowedBytes);
    if (isSlow || isLarge) process.exitCode = 1;
    console.log(
      [
        name.padEnd(20),
        whittleMs('c').toFixed(4).padStart(8),
        whittleMs('javascript').toFixed(4).padStart(12),
        intervalText(ratio),
        intervalText(clockRatio),
        intervalText(waysRatio),
        [barePeakBytes, ...peakBytes].map(mebibytes).join(' / '),
        ...foreign.map(({ language, version, ratio: one }) => `  over ${language} (${version}):${intervalText(one)}`),
        isWithin ? '  within 1 %' : '',
        isSlow ? '  too slow' : '',
        isLarge ? '  too large' : '',
      ].join(''),
    );
  }
} finally {
  await host.close();
  rmSync(folder, { recursive: true });
}
