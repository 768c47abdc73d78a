/** The bare loop in Python and in C++, where there is a Python that has onnxruntime, or a compiler. */
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Samples in milliseconds and the version of ONNX Runtime. */
type Reply = { samplesMs: number[]; version: string };
type Model = { path: string; batchSize: number; threads: number };

export type ForeignLoop = {
  measure: (block: { durationMs: number; untimedRuns: number }) => Promise<Reply>;
  close: () => void;
};
export type StartLoop = (model: Model) => ForeignLoop;

function start(command: string, given: readonly string[], { path, batchSize, threads }: Model): ForeignLoop {
  const child = spawn(command, [...given, path, String(batchSize), String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    measure: async ({ durationMs, untimedRuns }) => {
      child.stdin.write(`${durationMs} ${untimedRuns}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`The loop of ${command} ended; what it said is above.`);
      return JSON.parse(value) as Reply;
    },
    close: () => void child.kill(),
  };
}

/** @returns null where this Python has no onnxruntime */
export function findPythonLoop(python: string): StartLoop | null {
  try {
    execFileSync(python, ['-c', 'import numpy, onnxruntime'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return (model) => start(python, [join(import.meta.dirname, 'bare-loop.py')], model);
}

/** The loop in C++ around the library of the npm package itself, compiled into `folder`. @returns null where that can't be done */
export function findNativeLoop(compiler: string, folder: string): StartLoop | null {
  const packageFolder = dirname(fileURLToPath(import.meta.resolve('onnxruntime-node/package.json')));
  const library = readdirSync(join(packageFolder, 'bin'), { recursive: true, encoding: 'utf8' }).find((path) =>
    path.includes(join(process.platform, process.arch, 'libonnxruntime.')),
  );
  if (library === undefined) return null;
  const program = join(folder, 'bare-loop');
  try {
    execFileSync(compiler, ['-std=c++17', '-O2', '-o', program, join(import.meta.dirname, 'bare-loop.cc'), '-ldl'], {
      stdio: 'ignore',
    });
  } catch {
    return null;
  }
  return (model) => start(program, [join(packageFolder, 'bin', library)], model);
}
