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
    const nodes = [node('a', 'Conv', 1), node('b', 'Relu', 0.25), node('c', 'Conv', 0.5)];
    const divided = divideTime({ runCount: 5, profiledRunMs: 1.9, nodes }, 2);
    expect(divided).toMatchObject({ scale: 1, overlap: 1 });
    expect(divided.unattributed).toMatchObject({ timeMs: 0.25, share: 0.125, leastMs: 0.25 });
    expect(divided.unattributed?.mostMs).toBeCloseTo(0.25, 10);
    expect(divided.operators).toMatchObject([
      { operator: 'Conv', nodeCount: 2, timeMs: 1.5, share: 0.75 },
      { operator: 'Relu', nodeCount: 1, timeMs: 0.25, share: 0.125 },
    ]);
    expect(divided.nodes.map(({ name }) => name)).toEqual(['a', 'c', 'b']);
  });

  test('of a small model, what profiled runs spent outside of kernels stays outside, and is bounded', () => {
    // Figures of silero-vad: 0.682 ms with the profiler, of which kernels 0.407 ms.
    const divided = divideTime({ runCount: 5, profiledRunMs: 0.682, nodes: [node('a', 'Conv', 0.407)] }, 0.3);
    expect(divided.unattributed?.share).toBeCloseTo(0.4032, 4);
    expect(divided.unattributed?.leastMs).toBe(0);
    expect(divided.unattributed?.mostMs).toBeCloseTo(0.275, 10);
    expect(divided.nodes[0]?.timeMs).toBeCloseTo((0.407 * 0.3) / 0.682, 10);
  });

  test('kernels that overlapped share the time in which any ran', () => {
    const nodes = [node('a', 'Conv', 2), node('b', 'Relu', 2)];
    const divided = divideTime({ runCount: 5, profiledRunMs: 4, coveredMs: 2.5, nodes }, 2);
    expect(divided).toMatchObject({ overlap: 1.6, unattributed: { timeMs: 0.75, leastMs: 0, mostMs: 1.5 } });
    expect(divided.nodes.map(({ timeMs }) => timeMs)).toEqual([0.625, 0.625]);
  });

  test('what lies outside is not known where an older profile has kernels that overlapped', () => {
    const divided = divideTime(profile([node('a', 'Conv', 3), node('b', 'Relu', 1)]), 2);
    expect(divided).toMatchObject({ scale: 0.5, overlap: null, unattributed: null });
    expect(divided.operators.map(({ share }) => share)).toEqual([0.75, 0.25]);
  });

  test('nodes with weights have the rate at which they touch bytes in the unprofiled time', () => {
    const reading = { ...node('a', 'MatMul', 4), weightBytes: 30e6, activationBytes: 10e6 };
    const nodes = [reading, { ...node('b', 'MatMul', 2), weightBytes: 0, activationBytes: 10e6 }, node('c', 'Relu', 1)];
    const divided = divideTime({ runCount: 5, profiledRunMs: 7, memoryBytesPerSecond: 12e9, nodes }, 3.5);
    expect(divided.memoryBytesPerSecond).toBe(12e9);
    expect(divided.nodes.map(({ bytesPerSecond, weightShare }) => [bytesPerSecond, weightShare])).toEqual([
      [20e9, 0.75],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  test('parts always add up to the median', () => {
    const times = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(times, fc.double({ min: 0.01, max: 100, noNaN: true }), (values, medianMs) => {
        const divided = divideTime(
          profile(values.map((value, index) => node(`n${index}`, `Op${index % 3}`, value))),
          medianMs,
        );
        const outside = divided.unattributed;
        const sum = divided.operators.reduce((total, { timeMs }) => total + timeMs, outside?.timeMs ?? 0);
        expect(sum).toBeCloseTo(values.some((value) => value > 0) || outside !== null ? medianMs : 0, 8);
        if (outside === null) return;
        expect(outside.leastMs).toBeLessThanOrEqual(outside.timeMs + 1e-9);
        expect(outside.mostMs).toBeGreaterThanOrEqual(outside.timeMs - 1e-9);
      }),
    );
  });
});
