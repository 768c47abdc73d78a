/**
 * Breaks model files at random and lets Whittle read, inspect, change and write them: `node bench/fuzz-onnx.ts [cases] [first seed]`.
 * Every case must be done, or be refused with a sentence, within the limits. What is not is printed with its seed, and its file is
 * kept. Ctrl-C ends it early, with the figures so far. `tests/fuzz` has the corpus, the mutations and the steps of a case.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseReport } from '../tests/fuzz/child.ts';
import { readCorpus } from '../tests/fuzz/corpus.ts';
import { fileOf } from '../tests/fuzz/run-case.ts';

const CPU_LIMIT_MS = 5_000;
/** A process is ended after so long without a word, however busy the machine is. */
const SILENCE_LIMIT_MS = 60_000;
const MEMORY_LIMIT_BYTES = 1024 ** 3;
const HEAP_LIMIT_MEBIBYTES = 1024;
const PROCESS_COUNT = 2;
const FEW = 20;

const caseCount = Number(process.argv[2] ?? 10_000);
const firstSeed = Number(process.argv[3] ?? 1);
const findsPath = join(tmpdir(), 'whittle-fuzz-finds');
const corpus = await readCorpus();
const outcomes = new Map<string, number>();
const finds: string[] = [];
let nextSeed = firstSeed;
let endSeed = firstSeed + caseCount;
// What was found until then is told.
process.once('SIGINT', () => (endSeed = nextSeed));
let doneCount = 0;
let slowest = { seed: 0, cpuMs: 0 };
let peakBytes = 0;

const startMs = performance.now();
await Promise.all(Array.from({ length: PROCESS_COUNT }, work));
const seconds = (performance.now() - startMs) / 1000;
console.log(`${doneCount} cases in ${seconds.toFixed(0)} s on ${corpus.length} files, seeds from ${firstSeed}`);
console.log(
  `slowest: seed ${slowest.seed}, ${slowest.cpuMs.toFixed(0)} ms of CPU time; largest process: ${(peakBytes / 1e6).toFixed(0)} MB`,
);
for (const [kind, count] of [...outcomes].toSorted((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(8)}  ${kind}`);
console.log(finds.length === 0 ? 'No finds.' : `${finds.length} finds; their files are in ${findsPath}`);
if (finds.length > 0) process.exitCode = 1;

/** Feeds one process until all seeds are gone, and starts another when it ends. */
async function work(): Promise<void> {
  while (nextSeed < endSeed) await feed();
}

function feed(): Promise<void> {
  return new Promise((resolve) => {
    const child = fork(join(import.meta.dirname, '../tests/fuzz/child.ts'), {
      execArgv: [`--max-old-space-size=${HEAP_LIMIT_MEBIBYTES}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let seed: number | null = null;
    let timer: NodeJS.Timeout | undefined;
    const give = (): void => {
      clearTimeout(timer);
      seed = nextSeed < endSeed ? nextSeed : null;
      if (seed === null) {
        child.disconnect();
        return;
      }
      nextSeed += 1;
      timer = setTimeout(() => child.kill('SIGKILL'), SILENCE_LIMIT_MS);
      child.send(seed);
    };
    child.on('message', (message: 'ready' | CaseReport) => {
      if (message !== 'ready' && count(message)) {
        seed = null;
        retire(child, timer);
      } else {
        give();
      }
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      if (seed !== null) keep(seed, `the process ended (${signal ?? code})`);
      resolve();
    });
  });
}

/** @returns whether the process has become too large to go on with */
function count({ seed, outcome, cpuMs, peakBytes: bytes }: CaseReport): boolean {
  doneCount += 1;
  outcomes.set(outcome.kind, (outcomes.get(outcome.kind) ?? 0) + 1);
  if (cpuMs > slowest.cpuMs) slowest = { seed, cpuMs };
  peakBytes = Math.max(peakBytes, bytes);
  if (outcome.isFind) keep(seed, outcome.detail);
  else if (cpuMs > CPU_LIMIT_MS) keep(seed, `${cpuMs.toFixed(0)} ms of CPU time`);
  else if (bytes > MEMORY_LIMIT_BYTES) keep(seed, `${(bytes / 1e6).toFixed(0)} MB`);
  return bytes > MEMORY_LIMIT_BYTES;
}

function retire(child: ChildProcess, timer: NodeJS.Timeout | undefined): void {
  clearTimeout(timer);
  child.disconnect();
}

function keep(seed: number, detail: string): void {
  finds.push(detail);
  mkdirSync(findsPath, { recursive: true });
  writeFileSync(join(findsPath, `${seed}.onnx`), fileOf(corpus, seed));
  if (finds.length <= FEW) console.log(`seed ${seed}: ${detail}`);
}
