/** The sweet spot in words, the same on screen, in the terminal and in reports. */
import { formatBytes } from '../format.ts';
import type { BoundStatistic, LatencyBound } from '../latency-bound.ts';
import { quoteName } from '../text/name-text.ts';
import { countText, msText } from '../text/number-text.ts';
import type { Sweep } from './derive-sweeps.ts';
import { type EqualPoint, type JudgedPoint, SAME_MEMORY, type SweetSpot } from './find-sweet-spot.ts';
import { boundMsText, boundText, conditionsOf, perSecondText, pointLatencyText } from './point-text.ts';

/** Of the best's throughput, or throughput over latency; below it, whoever takes an equal for it is warned. */
const FEWEST_OF_BEST = 0.95;

export type SweetSpotWords = {
  /** `“fashion-resnet” on node:cpu`. */
  subject: string;
  /** One sentence. */
  headline: string;
  /** Sentences with the numbers behind it. */
  evidence: string[];
  /** Sentences that limit it. */
  caveats: string[];
};

/** For reports, which are read by people who did not ask. */
export const SWEET_SPOT_METHOD =
  'With which threads, batch size and other settings to run each model. With a latency bound it is the point of most throughput whose whole interval of the latency lies within the bound; without, the knee, where throughput divided by latency is largest. Of those that cannot be told from it by paired rounds, it is the one of least peak memory (up to 5 % more is the same), then of fewest threads, then of the smallest batch. The interval of a percentile is taken from the ordered samples, as many as they are worth when blocks differ.';

/** What a point is in its sweep, in few words; null for nothing special. */
export function pointRole({ sweetSpot }: Sweep, point: JudgedPoint): string | null {
  if (sweetSpot.kind === 'chosen') {
    if (point === sweetSpot.chosen) return 'sweet spot';
    if (sweetSpot.equals.some((equal) => equal.point === point)) return 'as good';
  }
  if (sweetSpot.kind === 'none-holds' && point === sweetSpot.nearest) return 'nearest';
  return null;
}

export function sweetSpotWords(sweep: Sweep): SweetSpotWords {
  const { model, provider, sweetSpot } = sweep;
  const words = wordsOf(
    { sweep, name: conditionsOf(sweep.points), statistic: sweep.bound?.statistic ?? 'median' },
    sweetSpot,
  );
  const unfinished =
    sweep.unfinishedCount === 0
      ? []
      : [`${countText(sweep.unfinishedCount, 'case')} without a complete result could not be considered.`];
  return {
    subject: `${quoteName(model.name)} on ${provider}`,
    ...words,
    caveats: [...words.caveats, ...unfinished],
  };
}

function wordsOf(about: About, sweetSpot: SweetSpot): Words {
  switch (sweetSpot.kind) {
    case 'chosen':
      return chosenWords(about, sweetSpot);
    case 'undecided':
      return undecidedWords(about, sweetSpot);
    case 'none-holds':
      return noneHoldsWords(about, sweetSpot);
  }
}

type Of<Kind extends SweetSpot['kind']> = Extract<SweetSpot, { kind: Kind }>;
type About = { sweep: Sweep; name: (point: JudgedPoint) => string; statistic: BoundStatistic };
type Words = Omit<SweetSpotWords, 'subject'>;

function chosenWords(about: About, sweetSpot: Of<'chosen'>): Words {
  const { sweep, name, statistic } = about;
  const { bound, points } = sweep;
  const { chosen, best } = sweetSpot;
  const fastest = mostThroughput(points);
  const hasKnee = new Set(points.map(({ batchSize }) => batchSize)).size > 1;
  return {
    headline: chosenHeadline(sweep, chosen, { name, hasKnee }),
    evidence: [
      latencySentence(chosen, { name, statistic }),
      ...(bound === null ? [hasKnee ? KNEE : 'No bound was given, so the fastest is named.'] : []),
      ...equalsText(about, sweetSpot),
      ...((bound === null ? fastest !== chosen && hasKnee : fastest.verdict === 'does-not-hold')
        ? [
            `${bound === null ? 'The' : 'Beyond the bound, the'} most throughput is ${perSecondText(fastest)} with ${name(fastest)}, at ${pointLatencyText(fastest, statistic)}.`,
          ]
        : []),
    ],
    caveats: [...unsureText(sweetSpot), ...mightBeBetterText(about, best), ...unstableText([chosen, best], name)],
  };
}

const KNEE =
  'No bound was given, so the knee is named: where throughput divided by latency is largest (Kleinrock’s power).';

function chosenHeadline(
  { bound, points }: Sweep,
  chosen: JudgedPoint,
  { name, hasKnee }: { name: About['name']; hasKnee: boolean },
): string {
  if (bound !== null && points.length === 1) return `It holds ${boundText(bound)}.`;
  const rate = perSecondText(chosen);
  if (bound !== null) return `Run it with ${name(chosen)}: ${rate}, and ${boundText(bound)} is held.`;
  const at = `${rate} at ${msText(chosen.row.run.latencyMs.median)} ms for each call`;
  return hasKnee ? `The knee is at ${name(chosen)}: ${at}.` : `Run it with ${name(chosen)}: ${at}.`;
}

function latencySentence(point: JudgedPoint, { name, statistic }: Pick<About, 'name' | 'statistic'>): string {
  return `${statistic === 'median' ? 'Median' : statistic} of ${name(point)}: ${pointLatencyText(point, statistic)}.`;
}

function undecidedWords({ sweep, name, statistic }: About, { candidates }: Of<'undecided'>): Words {
  const bound = sweep.bound as LatencyBound;
  const shown = candidates.toSorted((a, b) => b.throughputPerSecond.estimate - a.throughputPerSecond.estimate);
  return {
    headline:
      sweep.points.length === 1
        ? `Whether it holds ${boundText(bound)} is undecided.`
        : `Nothing surely holds ${boundText(bound)}; ${candidates.length === 1 ? 'one point is' : `${candidates.length} points are`} undecided.`,
    evidence: shown.map((point) => `${name(point)}: ${pointLatencyText(point, statistic)}, ${perSecondText(point)}.`),
    caveats: [
      'A bound is held when the whole interval lies within it. Measure longer, with fewer cases in one experiment, or when the machine has nothing else to do.',
      ...unstableText(candidates, name),
    ],
  };
}

function noneHoldsWords({ sweep, name, statistic }: About, { nearest }: Of<'none-holds'>): Words {
  const bound = sweep.bound as LatencyBound;
  const latency = nearest.latencyMs as NonNullable<JudgedPoint['latencyMs']>;
  const above = Math.ceil((latency.estimate / bound.ms - 1) * 100);
  const isSingle = sweep.points.length === 1;
  return {
    headline: isSingle
      ? `It does not hold ${boundText(bound)}: ${msText(latency.estimate)} ms are ${above} % too many.`
      : `No point holds ${boundText(bound)}; the nearest is ${name(nearest)} with ${msText(latency.estimate)} ms, ${above} % too many.`,
    evidence: [latencySentence(nearest, { name, statistic }), wayOutText(sweep, nearest)],
    caveats: unstableText([nearest], name),
  };
}

/** What has not been tried, of what usually shortens a call. */
function wayOutText({ points, bound }: Sweep, nearest: JudgedPoint): string {
  const most = Math.max(...points.map(({ threadCount }) => threadCount));
  const [smallestBatch] = points.map(({ batchSize }) => batchSize).toSorted((a, b) => a - b);
  const ways = [
    ...(smallestBatch === 1 ? [] : ['a batch smaller than the smallest that was tried']),
    ...(nearest.threadCount === most ? [`more than ${countText(most, 'thread')}, where the machine has them`] : []),
    'a version of the model that was compressed further',
    'another provider',
  ];
  const reached = nearest.latencyMs?.ciHigh ?? null;
  const larger = reached === null ? '' : ` It would hold a bound of ${msText(reached)} ms.`;
  return `What may help: ${ways.join(', ')}; or a larger bound than ${boundMsText((bound as LatencyBound).ms)} ms.${larger}`;
}

function equalsText({ sweep, name }: About, { chosen, best, ratio, equals }: Of<'chosen'>): string[] {
  if (equals.length === 0) return [];
  const merit = sweep.bound === null ? 'throughput over latency' : 'throughput';
  const others = equals.filter(({ point }) => point !== best);
  const reason = cheaperText(
    chosen,
    equals.map(({ point }) => point),
  );
  return [
    ...(chosen === best
      ? []
      : [
          `By the estimates alone it would be ${name(best)}: ${perSecondText(best)}${ratio === null ? '' : `, of whose ${merit} the chosen one has ${ratioText(ratio)}`}. They cannot be told apart, and the chosen one ${reason}.`,
        ]),
    ...(others.length === 0
      ? []
      : [
          `${chosen === best ? 'As' : 'Also as'} good as far as can be told: ${others.map((equal) => equalText(equal, name)).join('; ')}.${chosen === best ? ` The chosen one ${reason}.` : ''}`,
        ]),
  ];
}

function equalText({ point, ratio }: EqualPoint, name: About['name']): string {
  return ratio === null ? name(point) : `${name(point)} (${ratioText(ratio)} of the best)`;
}

function ratioText({ ciLow, ciHigh }: NonNullable<EqualPoint['ratio']>): string {
  return `${(ciLow ?? 0).toFixed(2)} to ${(ciHigh ?? Infinity).toFixed(2)}`;
}

/** An equal that may be much worse is a matter of too short a measurement. */
function unsureText({ ratio }: Of<'chosen'>): string[] {
  if (ratio === null || ratio.ciLow === null || ratio.ciLow >= FEWEST_OF_BEST) return [];
  return [`It may have as little as ${ratio.ciLow.toFixed(2)} of the best: measure longer to tell them apart.`];
}

/** By which of the rules in `find-sweet-spot.ts` it is the cheapest. */
function cheaperText(chosen: JudgedPoint, others: readonly JudgedPoint[]): string {
  const bytes = chosen.peakBytes;
  const reasons = [
    ...(bytes !== null && others.some(({ peakBytes }) => (peakBytes ?? 0) > bytes * (1 + SAME_MEMORY))
      ? [`takes less memory (${formatBytes(bytes)})`]
      : []),
    ...(others.some(({ threadCount }) => threadCount > chosen.threadCount) ? ['needs fewer threads'] : []),
    ...(others.some(({ batchSize }) => batchSize > chosen.batchSize) ? ['has a smaller batch'] : []),
  ];
  return reasons.length === 0 ? 'was the fastest' : reasons.join(' and ');
}

function mightBeBetterText({ sweep, name, statistic }: About, best: JudgedPoint): string[] {
  const better = sweep.points.filter(
    ({ verdict, throughputPerSecond }) =>
      verdict === 'undecided' && throughputPerSecond.estimate > best.throughputPerSecond.estimate,
  );
  if (better.length === 0) return [];
  const names = better.map((point) => `${name(point)} (${pointLatencyText(point, statistic)})`);
  return [
    `More throughput, but undecided whether the bound is held: ${names.join('; ')}. Measure longer to decide it.`,
  ];
}

function unstableText(points: readonly JudgedPoint[], name: (point: JudgedPoint) => string): string[] {
  const unstable = [...new Set(points)].filter(({ row }) => row.run.stability?.verdict === 'unstable');
  if (unstable.length === 0) return [];
  const which = unstable.length > 3 ? `${unstable.length} of these points` : unstable.map(name).join(' and of ');
  return [`The times of ${which} are unstable: see the notes on the runs.`];
}

function mostThroughput(points: readonly JudgedPoint[]): JudgedPoint {
  return points.reduce((most, point) =>
    point.throughputPerSecond.estimate > most.throughputPerSecond.estimate ? point : most,
  );
}
