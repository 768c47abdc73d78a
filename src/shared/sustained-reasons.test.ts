import { expect, test } from 'vitest';
import type { BlockContext } from './block-context.ts';
import { createRandom } from './statistics/random.ts';
import { sustainedReasons } from './sustained-reasons.ts';

/** Windows of 50 runs around what `medianAt` says for the second. */
function windowsOf(
  count: number,
  medianAt: (second: number) => number,
  more: { context?: (second: number) => BlockContext; sampleCount?: number } = {},
) {
  const random = createRandom(1);
  return Array.from({ length: count }, (_, second) => ({
    startedAtMs: second * 1000,
    samplesMs: Array.from({ length: more.sampleCount ?? 50 }, () => medianAt(second) * (1 + 0.004 * (random() - 0.5))),
    context: more.context?.(second) ?? null,
  }));
}
const kindsOf = (...of: Parameters<typeof windowsOf>): string[] =>
  sustainedReasons(windowsOf(...of)).map(({ kind }) => kind);

test('an even curve has no reason, and neither has one too short to say anything', () => {
  expect(kindsOf(60, () => 2)).toEqual([]);
  expect(kindsOf(5, (second) => 2 + second)).toEqual([]);
  expect(kindsOf(0, () => 2)).toEqual([]);
});

test.each([
  ['a curve that rises', 60, 'drift'],
  ['one of an hour, of which windows are taken together', 3600, 'drift'],
])('%s', (_, count, kind) => {
  const reasons = sustainedReasons(windowsOf(count, (second) => 2 + (0.4 * second) / count));
  expect(reasons.map((reason) => reason.kind)).toContain(kind);
  expect(reasons[0]?.message).toMatch(/^It became 1[78]\.\d % slower/);
});

test('windows that wander are no reason by themselves: there is no interval to widen', () => {
  expect(kindsOf(60, (second) => 2 * (1 + 0.03 * Math.sin(second / 8)))).not.toContain('autocorrelation');
});

test('a quarter of the time at half the speed is two speeds', () => {
  expect(kindsOf(80, (second) => (Math.floor(second / 10) % 4 === 0 ? 4 : 2))).toContain('bimodality');
});

test('single runs that take far longer are outliers, wherever the thinning begins', () => {
  const windows = windowsOf(60, () => 2, { sampleCount: 1000 });
  for (const { samplesMs } of windows) {
    for (let index = 0; index < samplesMs.length; index += 1) if (index % 11 === 3) samplesMs[index] = 20;
  }
  expect(sustainedReasons(windows).map(({ kind }) => kind)).toContain('outliers');
});

const quiet: BlockContext = {
  wallMs: 1000,
  readingMs: 0.02,
  usage: null,
  otherCores: 0,
  stolenCores: 0,
  cpuPressure: 0,
  memoryPressure: 0,
  clockMegahertz: 3000,
  throttleCount: 0,
  isOnBattery: false,
};

test('what the machine did in any window counts, also in those that are taken together', () => {
  const context = (second: number): BlockContext => ({ ...quiet, throttleCount: second % 10 === 7 ? 1 : 0 });
  const [reason] = sustainedReasons(windowsOf(600, () => 2, { context }));
  expect(reason).toMatchObject({ kind: 'thermal', message: expect.stringContaining('for heat 60 times') });
  expect(kindsOf(60, () => 2, { context: () => ({ ...quiet, otherCores: 1 }) })).toEqual(['other-load']);
});

test('a clock that falls with what it slows is named', () => {
  const context = (second: number): BlockContext => ({ ...quiet, clockMegahertz: second < 40 ? 3000 : 2400 });
  expect(kindsOf(60, (second) => (second < 40 ? 2 : 2.5), { context })).toContain('frequency-change');
});
