/** How much faster or slower each run is than the one it is compared with, with the interval of that ratio. */
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { extent, type Scale } from '#shared/charts/scale.ts';
import { marksOf } from '#shared/charts/series-marks.ts';
import { formatSpeedup } from '#shared/format.ts';
import { speedupIntervalText } from '#shared/text/number-text.ts';
import type { MeasuredRow, ResultRow } from '#shared/answer/result-row.ts';
import { axisOptions, baseOptions, rowAxisOptions, tooltipOptions } from './base-options.ts';
import { type ChartInk, colourOf, withOpacity } from './chart-ink.ts';
import type { ChartPicture } from './chart-picture.ts';
import { createRowLabels, rowLabelOf } from './row-labels.ts';

type Told = NonNullable<ResultRow['comparison']>;

/** Compared with another run in so many rounds that there is an interval. */
export type ComparedRow = MeasuredRow & {
  comparison: Told & { speedup: { estimate: number; ciLow: number; ciHigh: number } };
};

const ROW_HEIGHT = 46;
const AXIS_HEIGHT = 48;
const LABEL_TOP = 0.28;
const BAR_TOP = 0.52;
const BAR_BOTTOM = 0.86;
const MIDDLE = (BAR_TOP + BAR_BOTTOM) / 2;
/** The axis spans at least this factor to either side, so that noise does not look like a difference. */
const SMALLEST_FACTOR = 1.1;
const MOST_TICKS = 11;

/** Factors at which ticks may stand, the finest that fit are taken. */
const TICK_FACTORS: readonly (readonly number[])[] = [
  [1, 1.02, 1.04, 1.06, 1.08, 1.1],
  [1, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3],
  [1, 1.1, 1.2, 1.3, 1.4, 1.5],
  [1, 1.25, 1.5, 1.75, 2, 2.5, 3],
  [1, 1.5, 2, 3, 4, 5],
  [1, 2, 3, 4, 6, 8, 10],
  [1, 2, 5, 10, 20, 50, 100],
  [1, 10, 100, 1000, 10_000, 100_000],
];

export function isCompared(row: MeasuredRow): row is ComparedRow {
  const speedup = row.comparison?.speedup;
  return speedup !== undefined && speedup.ciLow !== null && speedup.ciHigh !== null;
}

/** @param rows at least one */
export function speedUpChart(
  rows: readonly ComparedRow[],
  options: { ink: ChartInk },
): ChartPicture<'scatterWithErrorBars'> {
  const { ink } = options;
  const mark = marksOf(rows);
  const baselines = new Set(rows.map(({ comparison }) => comparison.baselineNumber));
  const scale = createFactorScale(
    rows.flatMap(({ comparison: { speedup } }) => [speedup.estimate, speedup.ciLow, speedup.ciHigh]),
  );
  const against = baselines.size === 1 ? `#${[...baselines][0]}` : 'the baseline';
  return {
    heightPx: rows.length * ROW_HEIGHT + AXIS_HEIGHT,
    description: rows.map(describeRow).join(' '),
    remarks: [
      `Bars begin at the speed of ${against}. The axis is logarithmic: twice as slow lies as far from it as twice as fast.`,
      ...(rows.some(({ comparison }) => comparison.verdict === 'indistinguishable')
        ? ['Where there is no bar, the difference lies inside the noise.']
        : []),
    ],
    configuration: {
      type: 'scatterWithErrorBars',
      data: {
        datasets: rows.map((row, index) => {
          const colour = colourOf(mark(row), ink);
          const { estimate, ciLow, ciHigh } = row.comparison.speedup;
          return {
            label: `#${row.number}`,
            data: [{ x: estimate, y: index + MIDDLE, xMin: ciLow, xMax: ciHigh } as never],
            pointStyle: 'line' as const,
            rotation: 90,
            radius: 6,
            hoverRadius: 7,
            hitRadius: 12,
            borderColor: colour,
            borderWidth: 2.5,
            backgroundColor: colour,
            errorBarColor: ink.text,
            errorBarWhiskerColor: ink.text,
            errorBarLineWidth: 1.2,
            errorBarWhiskerLineWidth: 1.2,
            errorBarWhiskerSize: 8,
          };
        }),
      },
      options: {
        ...baseOptions(ink),
        scales: {
          x: axisOptions(scale, ink, { title: '← times slower · times faster →' }),
          y: rowAxisOptions(rows.length),
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            ...tooltipOptions(ink),
            callbacks: {
              title: (items) => {
                const row = rows[items[0]?.datasetIndex ?? 0];
                return row === undefined ? '' : `#${row.number} ${row.run.model.name}`;
              },
              label: ({ datasetIndex }) =>
                rows[datasetIndex] ? verdictText(rows[datasetIndex], baselines.size > 1) : '',
            },
          },
          annotation: {
            annotations: [
              {
                type: 'line',
                xMin: 1,
                xMax: 1,
                borderColor: ink.text,
                borderWidth: 1.2,
                drawTime: 'beforeDatasetsDraw',
              },
              ...rows.flatMap((row, index) => barsOf(row, index, colourOf(mark(row), ink))),
            ],
          },
        },
      },
      plugins: [
        createRowLabels(
          rows.map((row) => rowLabelOf(row, verdictText(row, baselines.size > 1))),
          { ink, top: LABEL_TOP },
        ),
      ],
    },
  };
}

/** Ratios on a logarithmic axis; ticks are factors, the same on both sides of 1. */
export function createFactorScale(ratios: readonly number[]): Scale {
  const [lowest, highest] = extent([...ratios, 1]);
  const low = Math.min(lowest / 1.04, 1 / SMALLEST_FACTOR);
  const high = Math.max(highest * 1.04, SMALLEST_FACTOR);
  const candidates = TICK_FACTORS.map((factors) => ticksBetween(low, high, factors));
  // The finest that reaches as far as the axis does, and is not too crowded.
  const ticks =
    candidates.find(({ ticks: found, isReaching }) => isReaching && found.length <= MOST_TICKS)?.ticks ??
    candidates.at(-1)?.ticks ??
    [];
  return {
    domain: [low, high],
    map: (value) => Math.log(value / low) / Math.log(high / low),
    ticks,
    isLogarithmic: true,
    startsAtZero: false,
  };
}

function ticksBetween(low: number, high: number, factors: readonly number[]) {
  const largest = factors.at(-1) as number;
  const ratios = [
    ...factors
      .slice(1)
      .toReversed()
      .map((factor) => ({ factor, value: 1 / factor })),
    ...factors.map((factor) => ({ factor, value: factor })),
  ];
  return {
    ticks: ratios
      .filter(({ value }) => value >= low && value <= high)
      .map(({ factor, value }) => ({ value, label: `${factor.toLocaleString('en-US')}×` })),
    isReaching: largest ** 1.4 >= high && largest ** 1.4 >= 1 / low,
  };
}

/** A difference inside the noise has no bar: its interval alone says what is possible. */
function barsOf(row: ComparedRow, index: number, colour: string): AnnotationOptions[] {
  const { verdict, speedup } = row.comparison;
  if (verdict === 'indistinguishable') return [];
  return [
    {
      type: 'box',
      xMin: Math.min(1, speedup.estimate),
      xMax: Math.max(1, speedup.estimate),
      yMin: index + BAR_TOP,
      yMax: index + BAR_BOTTOM,
      backgroundColor: withOpacity(colour, 0.35),
      borderColor: colour,
      borderWidth: 1,
      drawTime: 'beforeDatasetsDraw',
    },
  ];
}

/** `1.86× faster (1.84–1.88×)`. */
function verdictText({ comparison }: ComparedRow, isBaselineNamed: boolean): string {
  const interval = speedupIntervalText(comparison);
  const than = isBaselineNamed ? ` than #${comparison.baselineNumber}` : '';
  const words =
    comparison.verdict === 'indistinguishable' && isBaselineNamed
      ? `indistinguishable from #${comparison.baselineNumber}`
      : `${formatSpeedup(comparison)}${than}`;
  return `${words} (${interval ?? ''})`;
}

function describeRow(row: ComparedRow): string {
  return `#${row.number}: ${verdictText(row, true)}.`;
}
