/** The bare loop in Python, where there is a Python that has onnxruntime. */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

type Reply = { samplesMs: number[]; version: string };

export type PythonLoop = {
  load: (model: { path: string; batchSize: number; threads: number }) => Promise<Reply>;
  measure: (block: { durationMs: number; untimedRuns: number }) => Promise<Reply>;
  close: () => void;
};

export function hasOnnxRuntime(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import numpy, onnxruntime'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function startPythonLoop(python: string): PythonLoop {
  const child = spawn(python, [join(import.meta.dirname, 'bare-loop.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: object): Promise<Reply> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('The loop in Python ended; what it said is above.');
    return JSON.parse(value) as Reply;
  };
  return { load: ask, measure: ask, close: () => void child.kill() };
}
