/**
 * Coverage on a real machine: long recordings (bench/record-machine.ts) are cut into short experiments, and their intervals held against
 * what the long one says: the median of the whole recording, and of the five experiments' time around (a machine whose load comes and
 * goes is another one minutes later); the ratio of a model to its copy, and to another model, over the whole recording. The copy is no
 * different, so what is called faster or slower by its intervals is a false alarm where the recording itself says so too.
 *
 *   node bench/real-coverage.ts FILE
 */
import type { SampleBlock } from '#shared/run.ts';
import { compareBlocks } from '#shared/statistics/compare-blocks.ts';
import { median } from '#shared/statistics/quantile.ts';
import { signedRankInterval } from '#shared/statistics/signed-rank.ts';
import { summarizeLatency } from '#shared/statistics/summarize-latency.ts';
import { type Recording, readRecordings } from './recording.ts';
import { holds } from './simulation/worlds.ts';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Name the file with recordings: node bench/real-coverage.ts FILE.');
const recordings = readRecordings(path);
const names = ['model', 'copy', 'other'] as const;
/** The experiment and two of its length before and after. */
const AROUND = 5;

type Share = { count: number; of: number; logWidth: number };
const emptyShare = (): Share => ({ count: 0, of: 0, logWidth: 0 });

function add(share: Share, isTrue: boolean, interval?: { ciLow: number | null; ciHigh: number | null } | null): void {
  share.of += 1;
  if (isTrue) share.count += 1;
  share.logWidth += Math.log((interval?.ciHigh ?? 1) / (interval?.ciLow ?? 1));
}

const toBlocks = (samples: readonly number[][]): SampleBlock[] =>
  samples.map((samplesMs, round) => ({ blockIndex: round, round, startedAtMs: round, samplesMs }));

/** Without the widening: over a whole recording only the centre matters. */
const longRatio = (first: readonly number[][], second: readonly number[][]): number =>
  Math.exp(
    signedRankInterval(first.map((samples, round) => Math.log(median(samples) / median(second[round] ?? [])))).estimate,
  );

function evaluate(cases: Recording['cases'], roundCount: number, counts: Record<string, Share>): void {
  const long = {
    medians: Object.fromEntries(names.map((name) => [name, median(cases[name].flat())])),
    copy: longRatio(cases.model, cases.copy),
    other: longRatio(cases.model, cases.other),
  };
  const total = cases.model.length;
  for (let start = 0; start + roundCount <= total; start += roundCount) {
    const cut = (name: (typeof names)[number]): number[][] => cases[name].slice(start, start + roundCount);
    for (const name of names) {
      const summary = summarizeLatency(cut(name));
      const first = Math.max(0, Math.min(total - AROUND * roundCount, start - ((AROUND - 1) / 2) * roundCount));
      const around = median(cases[name].slice(first, first + AROUND * roundCount).flat());
      add((counts.whole ??= emptyShare()), holds(summary, long.medians[name] ?? NaN), summary);
      add((counts.around ??= emptyShare()), holds(summary, around), summary);
    }
    for (const name of ['copy', 'other'] as const) {
      const compared = compareBlocks(toBlocks(cut('model')), toBlocks(cut(name)));
      add((counts[name] ??= emptyShare()), holds(compared?.speedup, long[name]), compared?.speedup);
      if (name === 'copy') add((counts.alarms ??= emptyShare()), compared?.verdict !== 'indistinguishable');
    }
  }
}

const percent = ({ count, of }: Share): string => ((100 * count) / of).toFixed(1).padStart(8);
const width = ({ logWidth, of }: Share): string =>
  Math.exp(logWidth / of)
    .toFixed(2)
    .padStart(8);
console.log(`${recordings.length} recordings of ${recordings.map(({ cases }) => cases.model.length).join(', ')} rounds. Per cent: how often the interval of a short experiment holds
the median of the whole recording, and of the time around; the ratio of the copy, and of the other model; how often the copy is
called faster or slower. Widths: geometric mean of the upper over the lower bound\n`);
console.log('rounds  samples   medians   whole  around    width    copy    width    alarms   other    width');
for (const roundCount of [8, 12, 20, 60]) {
  for (const [label, mostSamples] of [
    ['all', Infinity],
    ['first 3', 3],
  ] as const) {
    const counts: Record<string, Share> = {};
    for (const { cases } of recordings) {
      const cut = Object.fromEntries(
        names.map((name) => [name, cases[name].map((samples) => samples.slice(0, mostSamples))]),
      ) as Recording['cases'];
      evaluate(cut, roundCount, counts);
    }
    const of = (key: string): Share => counts[key] ?? emptyShare();
    console.log(
      [
        String(roundCount).padStart(6),
        label.padStart(9),
        String(of('whole').of).padStart(9),
        percent(of('whole')),
        percent(of('around')),
        width(of('whole')),
        percent(of('copy')),
        width(of('copy')),
        percent(of('alarms')),
        percent(of('other')),
        width(of('other')),
      ].join(''),
    );
  }
}
