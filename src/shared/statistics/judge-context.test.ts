import { describe, expect, test } from 'vitest';
import type { BlockContext } from '../block-context.ts';
import type { SampleBlock } from '../run.ts';
import { judgeContext } from './judge-context.ts';
import { summarizeContext } from './summarize-context.ts';

const quiet: BlockContext = {
  wallMs: 100,
  readingMs: 0.3,
  usage: { cpuMs: 100, voluntarySwitches: 2, involuntarySwitches: 1, minorFaults: 3, majorFaults: 0 },
  otherCores: 0.05,
  stolenCores: 0,
  cpuPressure: 0.01,
  memoryPressure: 0,
  clockMegahertz: 3000,
  throttleCount: 0,
  isOnBattery: false,
};

function blocksOf(contextOf: (round: number) => BlockContext | null, timeOf = (_round: number) => 10): SampleBlock[] {
  return Array.from({ length: 12 }, (_, round) => ({
    blockIndex: round,
    round,
    startedAtMs: round,
    samplesMs: [timeOf(round)],
    context: contextOf(round),
  }));
}
const kindsOf = (blocks: SampleBlock[]): string[] => judgeContext(blocks).map(({ kind }) => kind);

describe('context of a run', () => {
  test.each([
    ['a quiet machine', {}, []],
    ['other programs', { otherCores: 0.5 }, ['other-load']],
    ['a hypervisor that takes time', { stolenCores: 0.1 }, ['steal-time']],
    ['heat', { throttleCount: 1 }, ['thermal']],
    ['a battery', { isOnBattery: true }, ['battery']],
    ['too little memory', { memoryPressure: 0.2 }, ['memory-pressure']],
    [
      'a platform that tells nothing',
      {
        otherCores: null,
        stolenCores: null,
        cpuPressure: null,
        memoryPressure: null,
        clockMegahertz: null,
        throttleCount: null,
        isOnBattery: null,
        usage: null,
      },
      [],
    ],
  ] as [string, Partial<BlockContext>, string[]][])('%s', (_, change, kinds) => {
    expect(kindsOf(blocksOf(() => ({ ...quiet, ...change })))).toEqual(kinds);
  });

  test('single ticks of the counters, also negative ones, make no load', () => {
    expect(kindsOf(blocksOf((round) => ({ ...quiet, otherCores: round % 2 === 0 ? 0.4 : -0.35 })))).toEqual([]);
  });

  test('a clock that falls is a reason only where the times follow it', () => {
    const contextOf = (round: number): BlockContext => ({ ...quiet, clockMegahertz: 3000 - 40 * round });
    expect(kindsOf(blocksOf(contextOf, (round) => 10 + 0.2 * round))).toEqual(['frequency-change']);
    expect(kindsOf(blocksOf(contextOf, (round) => 10 + 0.2 * (round % 2)))).toEqual([]);
    expect(kindsOf(blocksOf(contextOf, (round) => 10 - 0.2 * round))).toEqual([]);
  });

  test('blocks of older versions have no context', () => {
    expect(summarizeContext(blocksOf(() => null))).toBeNull();
    expect(judgeContext(blocksOf(() => null))).toEqual([]);
  });

  test('tasks wait no longer than all of the time, though the kernel counts in steps of its own', () => {
    const blocks = blocksOf(() => ({ ...quiet, cpuPressure: 1.01, memoryPressure: 1.02 }));
    expect(summarizeContext(blocks)).toMatchObject({ cpuPressure: 1, memoryPressure: 1 });
  });

  test('counts add up, and shares are weighted by time', () => {
    const blocks = blocksOf((round) => (round === 0 ? { ...quiet, wallMs: 1100, otherCores: 1.05 } : quiet));
    const context = summarizeContext(blocks);
    expect(context).toMatchObject({ blockCount: 12, wallMs: 2200, involuntarySwitches: 12, minorFaults: 36 });
    expect(context?.otherCores).toBeCloseTo((1100 * 1.05 + 1100 * 0.05) / 2200, 10);
    expect(context?.readingMs).toBeCloseTo(3.6, 10);
  });
});
