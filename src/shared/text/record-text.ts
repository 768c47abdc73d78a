/** Phases and memory of a run in words, the same on screen, in the terminal and in reports. */
import { formatBytes, formatMs } from '../format.ts';
import type { Run } from '../run.ts';
import type { MemoryParts, RunDetails } from '../run-record.ts';
import { median } from '../statistics/quantile.ts';
import type { NamedText } from './context-text.ts';
import { inputValuesText } from './input-text.ts';
import { interfaceText } from './interface-text.ts';
import { countText } from './number-text.ts';
import { sustainedText } from './sustained-text.ts';

export function phaseTexts(run: Run, { record, sustained, sustainedReasons }: RunDetails): NamedText[] {
  return [
    ...(record === null
      ? []
      : [
          { name: 'Timed through', value: interfaceText(record.runtimeInterface, run.provider) },
          { name: 'Process start', value: formatMs(record.processStartMs) },
          { name: 'Library load', value: formatMs(record.libraryLoadMs) },
        ]),
    { name: 'Model load', value: formatMs(run.loadMs) },
    { name: 'First run', value: formatMs(run.firstRunMs) },
    { name: 'Warm-up', value: run.warmUpRunCount === null ? '—' : countText(run.warmUpRunCount, 'run') },
    ...(run.latencyMs === null ? [] : [{ name: 'Steady', value: `${formatMs(run.latencyMs.median)} (median)` }]),
    ...(record === null ? [] : idleTexts(record.idle)),
    ...sustainedTexts(sustained),
    ...(sustainedReasons.length === 0
      ? []
      : [{ name: '… may not repeat', value: sustainedReasons.map(({ message }) => message).join(' ') }]),
  ];
}

function idleTexts(idle: readonly { idleSeconds: number; runMs: number }[]): NamedText[] {
  const lengths = [...new Set(idle.map(({ idleSeconds }) => idleSeconds))].toSorted((a, b) => a - b);
  return lengths.map((idleSeconds) => {
    const times = idle.filter((item) => item.idleSeconds === idleSeconds).map(({ runMs }) => runMs);
    const range = times.length === 1 ? '' : ` (${formatMs(Math.min(...times))} to ${formatMs(Math.max(...times))})`;
    return {
      name: `After ${idleSeconds} s of nothing`,
      value: `${formatMs(median(times))}${range}, ${countText(times.length, 'run')}`,
    };
  });
}

function sustainedTexts(sustained: RunDetails['sustained']): NamedText[] {
  const value = sustainedText(sustained);
  return value === null ? [] : [{ name: 'Without a pause', value }];
}

/** `image`: `float32 [1, 3, 224, 224], generated, standard normal: -4.1 to 4.3`. */
export function inputTexts({ record }: RunDetails): NamedText[] {
  return (record?.inputs ?? []).map((input) => {
    const { name, dtype, shape } = input;
    return { name, value: `${dtype} [${shape.join(', ')}], ${inputValuesText(input)}` };
  });
}

export function memoryTexts(run: Run, { record, weightBytes }: RunDetails): NamedText[] {
  const { baselineBytes, loadedBytes, peakBytes } = run.memory;
  const stages: NamedText[] = [
    { name: 'Before loading', value: formatBytes(baselineBytes) },
    { name: 'After loading', value: formatBytes(loadedBytes) },
    ...(record?.memory.afterFirstRun
      ? [{ name: 'After the first run', value: partsText(record.memory.afterFirstRun) }]
      : []),
    { name: 'Largest', value: formatBytes(peakBytes) },
    ...(record?.memory.afterRelease
      ? [{ name: 'Session given back', value: partsText(record.memory.afterRelease) }]
      : []),
    ...(weightBytes === null ? [] : [{ name: 'Weights in the file', value: formatBytes(weightBytes) }]),
  ];
  return [...stages, ...arenaTexts(record), ...readingTexts(record)];
}

/** `131 MiB: 59.6 MiB of its own, 72.1 MiB of files`. */
function partsText({ residentBytes, anonymousBytes, fileBytes }: MemoryParts): string {
  const parts =
    anonymousBytes === null || fileBytes === null
      ? ''
      : `: ${formatBytes(anonymousBytes)} of its own, ${formatBytes(fileBytes)} of files`;
  return `${formatBytes(residentBytes)}${parts}`;
}

function arenaTexts(record: RunDetails['record']): NamedText[] {
  const other = record?.memory.otherArena;
  if (!record || !other) return [];
  const { afterFirstRun } = record.memory;
  const here = afterFirstRun?.residentBytes ?? null;
  const difference =
    here === null || other.afterFirstRunBytes === null
      ? ''
      : `: ${formatBytes(Math.abs(here - other.afterFirstRunBytes))} ${here >= other.afterFirstRunBytes ? 'less' : 'more'} than here`;
  return [
    {
      name: other.cpuArena ? 'With the arena' : 'Without the arena',
      value: `${formatBytes(other.loadedBytes)} after loading, ${formatBytes(other.afterFirstRunBytes)} after the first run${difference}`,
    },
  ];
}

function readingTexts(record: RunDetails['record']): NamedText[] {
  if (!record || record.memory.line.length === 0) return [];
  const { line, readingMs, readingCount = line.length } = record.memory;
  return [
    {
      name: 'Reading this took',
      value: `${formatMs(readingMs / readingCount)} each time, ${countText(readingCount, 'time')}, none in a sample`,
    },
  ];
}
