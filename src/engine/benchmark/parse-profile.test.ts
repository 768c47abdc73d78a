import { describe, expect, test } from 'vitest';
import { parseProfile } from './parse-profile.ts';

type Kernel = { node: string; provider: string; op?: string; ts: number; dur: number };

const kernel = ({ node, provider, op = 'Conv', ts, dur }: Kernel) => ({
  cat: 'Node',
  name: `${node}_kernel_time`,
  ts,
  dur,
  args: { provider, op_name: op, node_index: '1' },
});
const run = (ts: number, dur: number) => ({ cat: 'Session', name: 'model_run', ts, dur });
const parse = (events: object[]) => parseProfile(JSON.stringify(events));

describe('placement', () => {
  test('counts each node once and divides the time', () => {
    const events = [0, 100].flatMap((ts) => [
      kernel({ node: 'a', provider: 'WebGpuExecutionProvider', ts, dur: 30 }),
      kernel({ node: 'b', provider: 'WebGpuExecutionProvider', ts, dur: 30 }),
      kernel({ node: 'c', provider: 'CPUExecutionProvider', op: 'Gather', ts, dur: 20 }),
    ]);
    expect(parse(events)).toEqual([
      { provider: 'WebGpuExecutionProvider', nodeCount: 2, timeShare: 0.75, operators: { Conv: 2 } },
      { provider: 'CPUExecutionProvider', nodeCount: 1, timeShare: 0.25, operators: { Gather: 1 } },
    ]);
  });

  test('leaves out the first of several runs', () => {
    const events = [
      kernel({ node: 'a', provider: 'A', ts: 10, dur: 900 }),
      run(0, 1000),
      kernel({ node: 'a', provider: 'A', ts: 1010, dur: 50 }),
      kernel({ node: 'b', provider: 'B', ts: 1060, dur: 50 }),
      run(1000, 120),
    ];
    expect(parse(events).map(({ timeShare }) => timeShare)).toEqual([0.5, 0.5]);
  });

  test('keeps the only run', () => {
    expect(parse([kernel({ node: 'a', provider: 'A', ts: 10, dur: 5 }), run(0, 100)])).toHaveLength(1);
  });

  test('does not count the time of a branch twice', () => {
    const events = [
      kernel({ node: 'if', provider: 'A', op: 'If', ts: 0, dur: 100 }),
      kernel({ node: 'inner', provider: 'B', ts: 10, dur: 80 }),
    ];
    expect(parse(events)).toEqual([
      { provider: 'B', nodeCount: 1, timeShare: 1, operators: { Conv: 1 } },
      { provider: 'A', nodeCount: 1, timeShare: 0, operators: { If: 1 } },
    ]);
  });

  test('goes by the number of nodes when all are too fast for the clock', () => {
    const events = ['a', 'b', 'c'].map((node) => kernel({ node, provider: node === 'a' ? 'A' : 'B', ts: 0, dur: 0 }));
    expect(parse(events).map(({ timeShare }) => timeShare)).toEqual([2 / 3, 1 / 3]);
  });

  test('ignores events that are not kernels', () => {
    const fence = { cat: 'Node', name: 'a_fence_before', ts: 0, dur: 9, args: { op_name: 'Conv' } };
    expect(parse([fence, kernel({ node: 'a', provider: 'A', ts: 0, dur: 1 })])).toHaveLength(1);
  });
});

test.each(['', '[', '{"a":1}'])('the damaged profile %j is refused', (text) => {
  expect(() => parseProfile(text)).toThrow('cannot be read');
});

test('a profile without nodes is refused', () => {
  expect(() => parse([run(0, 1)])).toThrow('names no node');
});
