/** What measuring again came to, as rows of a table and a sentence: the same in the terminal and in reports. */
import { formatCount } from '../format.ts';
import type { RepeatVerdict } from '../judge-repeat.ts';
import type { Reproduction } from '../reproduction.ts';
import type { ScenarioRepeat } from '../scenarios/compare-scenarios.ts';
import { countText, msText, NOT_KNOWN } from './number-text.ts';
import { pointText } from './scenario-text.ts';

/** One number: what it was, what it is now, and where it had to lie. */
export type RepeatRow = { what: string; before: string; again: string; expected: string; verdict: RepeatVerdict };

export const repeatColumns = [
  { title: 'Number', isNumber: false },
  { title: 'Before', isNumber: true },
  { title: 'Again', isNumber: true },
  { title: 'Expected', isNumber: true },
  { title: 'Verdict', isNumber: false },
];

/** In the order of `repeatColumns`. */
export function repeatCells(reproduction: Reproduction): string[][] {
  return repeatRows(reproduction).map(({ what, before, again, expected, verdict }) => [
    what,
    before,
    again,
    expected,
    verdict,
  ]);
}

export function repeatRows({ runs, comparisons, scenarios }: Reproduction): RepeatRow[] {
  return [
    ...runs.map((item) => judgedRow(`${caseName(item)}, median ms`, item, msText)),
    ...comparisons.map((item) => judgedRow(`${comparisonName(item)}, speed`, item, (value) => `${value.toFixed(3)}×`)),
    ...scenarios.map((item) => scenarioRow(caseName(item), item)),
  ];
}

function caseName({ model, condition }: { model: string; condition: string }): string {
  return condition === '' ? model : `${model}, ${condition}`;
}

function comparisonName(item: Reproduction['comparisons'][number]): string {
  const { baseline, candidate, baselineCondition, candidateCondition } = item;
  if (baselineCondition === candidateCondition) {
    return caseName({ model: `${candidate} against ${baseline}`, condition: candidateCondition });
  }
  return [
    caseName({ model: candidate, condition: candidateCondition }),
    caseName({ model: baseline, condition: baselineCondition }),
  ].join(' against ');
}

/** From the lowest to the highest that was expected. A number that may double unnoticed says little when it stays. */
const WIDEST_RANGE = 2;

export function repeatConclusion(reproduction: Reproduction): string {
  const { missing } = reproduction;
  const outsideCount = repeatRows(reproduction).filter(({ verdict }) => verdict === 'outside').length;
  const isWide = [...reproduction.runs, ...reproduction.comparisons].some(
    ({ expected }) => expected !== null && expected.high / expected.low > WIDEST_RANGE,
  );
  const loosely =
    'Every number lies where it was expected, but what was expected is so wide that this says little. Measure longer, and leave the machine alone.';
  return {
    inside: isWide ? loosely : 'It repeats: every number lies where it was expected.',
    outside: `It does not repeat: ${countText(outsideCount, 'number')} outside of what was expected.`,
    unknown:
      missing.length === 0
        ? 'Not every number has an interval, so not all can be judged. Measure longer.'
        : `${countText(missing.length, 'result')} ${missing.length === 1 ? 'is' : 'are'} missing this time, so not every number can be judged.`,
  }[reproduction.verdict];
}

/** What the repeat has no result of and why, and software that differs. */
export function repeatNotes({ missing, changes }: Reproduction): string[] {
  return [
    ...missing.map(({ scenario, message, ...name }) => {
      const what = scenario === null ? caseName(name) : `${caseName(name)}, ${scenario}`;
      return `${what} has no result this time: ${message}`;
    }),
    ...changes.map(({ what, before, after }) => `${what} was ${before} and is ${after}.`),
  ];
}

function scenarioRow(name: string, item: ScenarioRepeat): RepeatRow {
  switch (item.kind) {
    case 'single-stream':
    case 'multi-stream': {
      const stream = item.kind === 'single-stream' ? 'single stream' : 'multi-stream';
      return judgedRow(`${name}, ${stream}, ${item.statistic} ms`, item, msText);
    }
    case 'offline':
      return judgedRow(`${name}, offline, items/s, ${pointText(item)}`, item, formatCount);
    case 'server': {
      const { original, repeat, verdict } = item;
      return {
        what: `${name}, server, requests/s`,
        before: bracketText(original),
        again: bracketText(repeat),
        expected: original === null ? NOT_KNOWN : 'rates in common',
        verdict,
      };
    }
  }
}

function bracketText(bracket: { low: number; high: number | null } | null): string {
  if (bracket === null) return NOT_KNOWN;
  const { low, high } = bracket;
  return high === null ? `from ${formatCount(low)}` : `${formatCount(low)}–${formatCount(high)}`;
}

function judgedRow(
  what: string,
  {
    original,
    repeat,
    expected,
    verdict,
  }: Reproduction['runs'][number] | Reproduction['comparisons'][number] | Exclude<ScenarioRepeat, { kind: 'server' }>,
  text: (value: number) => string,
): RepeatRow {
  return {
    what,
    before: original === null ? NOT_KNOWN : text(original.estimate),
    again: repeat === null ? NOT_KNOWN : text(repeat.estimate),
    expected: expected === null ? NOT_KNOWN : `${text(expected.low)}–${text(expected.high)}`,
    verdict,
  };
}
