import { describe, expect, test } from 'vitest';
import { parseOperators } from './parse-operators.ts';

const run = (ts: number, dur: number) => ({ cat: 'Session', name: 'model_run', ts, dur });
const kernel = (name: string, ts: number, dur: number, operator = 'Conv', provider = 'CPUExecutionProvider') => ({
  cat: 'Node',
  name: `${name}_kernel_time`,
  ts,
  dur,
  args: { provider, op_name: operator, node_index: '1' },
});
const parse = (events: object[]) => parseOperators(JSON.stringify(events));

describe('the operators of a profile', () => {
  test('are means over the middle half of the runs after the first', () => {
    const runs = [900, 100, 120, 5000, 110].flatMap((duration, index) => {
      const ts = index * 10_000;
      return [
        kernel('a', ts + 1, duration * 0.6),
        kernel('b', ts + 1 + duration * 0.7, duration * 0.2),
        run(ts, duration),
      ];
    });
    const profile = parse(runs);
    expect(profile).toMatchObject({ runCount: 2, profiledRunMs: 0.115 });
    expect(profile.coveredMs).toBeCloseTo(0.092, 10);
    expect(profile.nodes.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(profile.nodes[0]?.profiledMs).toBeCloseTo(0.069, 10);
    expect(profile.nodes[1]?.profiledMs).toBeCloseTo(0.023, 10);
  });

  test('have the sum of what a node takes within one run, and leave the time of a branch to its nodes', () => {
    const profile = parse([
      run(0, 100),
      kernel('loop', 1, 90, 'Loop'),
      kernel('inner', 2, 10),
      kernel('inner', 20, 10),
      kernel('inner', 40, 10),
    ]);
    expect(profile.nodes).toEqual([
      { name: 'inner', operator: 'Conv', provider: 'CPUExecutionProvider', profiledMs: 0.03 },
    ]);
  });

  test('that ran at the same time are covered once', () => {
    const profile = parse([run(0, 100), kernel('a', 10, 40), kernel('b', 20, 10), kernel('c', 40, 30)]);
    expect(profile.coveredMs).toBeCloseTo(0.06, 10);
  });

  test('ignore nodes outside of runs, and refuse a profile without any', () => {
    expect(() => parse([run(100, 10), kernel('a', 5, 3)])).toThrow('names no node');
    expect(() => parseOperators('[')).toThrow('cannot be read');
  });
});
