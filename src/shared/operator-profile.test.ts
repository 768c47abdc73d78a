import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divideTime, type OperatorProfile } from './operator-profile.ts';

const node = (name: string, operator: string, profiledMs: number): OperatorProfile['nodes'][number] => ({
  name,
  operator,
  provider: 'CPUExecutionProvider',
  profiledMs,
});
const profile = (nodes: OperatorProfile['nodes']): OperatorProfile => ({ runCount: 5, profiledRunMs: 3, nodes });

describe('dividing the time', () => {
  test('what no kernel took is unattributed', () => {
    const divided = divideTime(profile([node('a', 'Conv', 1), node('b', 'Relu', 0.25), node('c', 'Conv', 0.5)]), 2);
    expect(divided).toMatchObject({ scale: 1, unattributed: { timeMs: 0.25, share: 0.125 } });
    expect(divided.operators).toMatchObject([
      { operator: 'Conv', nodeCount: 2, timeMs: 1.5, share: 0.75 },
      { operator: 'Relu', nodeCount: 1, timeMs: 0.25, share: 0.125 },
    ]);
    expect(divided.nodes.map(({ name }) => name)).toEqual(['a', 'c', 'b']);
  });

  test('kernels that the profiler slowed beyond the median are scaled down to it', () => {
    const divided = divideTime(profile([node('a', 'Conv', 3), node('b', 'Relu', 1)]), 2);
    expect(divided).toMatchObject({ scale: 0.5, unattributed: { timeMs: 0 } });
    expect(divided.operators.map(({ share }) => share)).toEqual([0.75, 0.25]);
  });

  test('parts always add up to the median', () => {
    const times = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(times, fc.double({ min: 0.01, max: 100, noNaN: true }), (values, medianMs) => {
        const divided = divideTime(
          profile(values.map((value, index) => node(`n${index}`, `Op${index % 3}`, value))),
          medianMs,
        );
        const sum = divided.operators.reduce((total, { timeMs }) => total + timeMs, divided.unattributed.timeMs);
        expect(sum).toBeCloseTo(medianMs, 8);
      }),
    );
  });
});
