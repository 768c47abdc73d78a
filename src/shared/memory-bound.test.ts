import { expect, test } from 'vitest';
import { suggestSmallerWeights } from './memory-bound.ts';
import { divideTime } from './operator-profile.ts';

/** One node that reads 99 MB of weights in the 10 ms of a run, and memory that gives 12 GB/s. */
const suggest = (operator: string, more: { weightBytes?: number; memoryBytesPerSecond?: number } = {}) => {
  const { weightBytes = 99e6, memoryBytesPerSecond = 12e9 } = more;
  const node = {
    name: 'n',
    operator,
    provider: 'CPUExecutionProvider',
    profiledMs: 9,
    weightBytes,
    activationBytes: 1e6,
  };
  return suggestSmallerWeights(divideTime({ runCount: 5, profiledRunMs: 10, nodes: [node], memoryBytesPerSecond }, 10));
};

test('an original that waits for its weights is told to have them compressed', () => {
  const found = suggest('MatMul');
  expect(found).toMatchObject({ kind: 'memory-bound', evidence: { nodeCount: 1, nodes: ['n'] } });
  expect(found?.message).toContain('90 % of the time goes to 1 node that read');
  expect(found?.suggestion).toContain('“weights-8bit” or “weights-4bit”');
});

test.each(['MatMulNBits', 'MatMulInteger', 'QGemm', 'Gather'])(
  '%s is not: its weights are small already, or no product',
  (operator) => {
    expect(suggest(operator)).toBeNull();
  },
);

test('neither is one whose arithmetic takes the time, or whose memory was not measured', () => {
  expect(suggest('MatMul', { weightBytes: 50e6 })).toBeNull();
  expect(suggestSmallerWeights(divideTime({ runCount: 5, profiledRunMs: 10, nodes: [] }, 10))).toBeNull();
});
