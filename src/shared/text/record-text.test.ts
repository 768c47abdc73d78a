import { describe, expect, test } from 'vitest';
import { emptyRecord, type RunDetails, type SustainedWindow } from '../run-record.ts';
import type { Run } from '../run.ts';
import { memoryTexts, phaseTexts } from './record-text.ts';

const MIB = 2 ** 20;
const run = {
  provider: 'node:cpu',
  loadMs: 20,
  firstRunMs: 5,
  warmUpRunCount: 12,
  latencyMs: { median: 2 },
  memory: { baselineBytes: 50 * MIB, loadedBytes: 60 * MIB, peakBytes: 90 * MIB },
} as Run;
const details: RunDetails = {
  runId: 'r',
  record: emptyRecord,
  sustained: [],
  sustainedReasons: [],
  weightBytes: 8 * MIB,
};
const valueOf = (texts: readonly { name: string; value: string }[], name: string): string | undefined =>
  texts.find((text) => text.name === name)?.value;

describe('phases', () => {
  test('idle times are told from the shortest on, each with its median and range', () => {
    const idle = [
      { idleSeconds: 5, runMs: 9 },
      { idleSeconds: 1, runMs: 3 },
      { idleSeconds: 1, runMs: 4 },
      { idleSeconds: 1, runMs: 8 },
    ];
    const texts = phaseTexts(run, { ...details, record: { ...emptyRecord, idle } });
    expect(texts.map(({ name }) => name).slice(-2)).toEqual(['After 1 s of nothing', 'After 5 s of nothing']);
    expect(valueOf(texts, 'After 1 s of nothing')).toBe('4.00 ms (3.00 ms to 8.00 ms), 3 runs');
  });

  test('continuous use is told by its first and last tenth', () => {
    const sustained = Array.from({ length: 20 }, (_, second): SustainedWindow => ({
      startedAtMs: second * 1000,
      sampleCount: 100,
      medianMs: second < 2 ? 2 : 2.5,
      lowerMs: 1,
      upperMs: 3,
      clockMegahertz: null,
    }));
    expect(valueOf(phaseTexts(run, { ...details, sustained }), 'Without a pause')).toContain('25.0 % slower');
    const sustainedReasons = [{ kind: 'drift', message: 'It became 25.0 % slower.' }];
    const texts = phaseTexts(run, { ...details, sustained, sustainedReasons });
    expect(texts.at(-1)).toEqual({ name: '… may not repeat', value: 'It became 25.0 % slower.' });
    const even = sustained.map((window) => ({ ...window, medianMs: 2 }));
    expect(valueOf(phaseTexts(run, { ...details, sustained: even }), 'Without a pause')).toContain('no change');
  });

  test('a run of an older version has the phases that were kept then', () => {
    const texts = phaseTexts(run, { ...details, record: null });
    expect(texts.map(({ name }) => name)).toEqual(['Model load', 'First run', 'Warm-up', 'Steady']);
  });
});

describe('memory', () => {
  test('what is not known is not said', () => {
    const names = memoryTexts(run, { ...details, record: null, weightBytes: null }).map(({ name }) => name);
    expect(names).toEqual(['Before loading', 'After loading', 'Largest']);
  });

  test.each([
    ['of a line that lost points, all readings count', { readingCount: 4 }, '2.00 ms each time, 4 times'],
    ['of an older version, its points', {}, '8.00 ms each time, 1 time'],
  ])('%s', (_, more, expected) => {
    const point = { atMs: 0, phase: 'load' as const, residentBytes: 1, anonymousBytes: null, fileBytes: null };
    const memory = { ...emptyRecord.memory, line: [point], readingMs: 8, ...more };
    const texts = memoryTexts(run, { ...details, record: { ...emptyRecord, memory } });
    expect(valueOf(texts, 'Reading this took')).toContain(expected);
  });

  test('the arena is told by the difference of two processes', () => {
    const memory = {
      ...emptyRecord.memory,
      afterFirstRun: { residentBytes: 80 * MIB, anonymousBytes: 30 * MIB, fileBytes: 50 * MIB },
      otherArena: { cpuArena: false, loadedBytes: 55 * MIB, afterFirstRunBytes: 70 * MIB, peakBytes: 71 * MIB },
    };
    const texts = memoryTexts(run, { ...details, record: { ...emptyRecord, memory } });
    expect(valueOf(texts, 'Without the arena')).toContain('10.0 MiB less than here');
    expect(valueOf(texts, 'After the first run')).toBe('80.0 MiB: 30.0 MiB of its own, 50.0 MiB of files');
  });
});
