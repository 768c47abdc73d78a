/** How the times of each run are spread: every sample, or many of them evenly by rank, and a box for the middle half. */
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { createTimeScale, scaleRemark } from '#shared/charts/scale.ts';
import { marksOf } from '#shared/charts/series-marks.ts';
import { dotsRemark, FEWEST_FOR_BOX, MOST_DOTS, thinSamples } from '#shared/charts/thin-samples.ts';
import { quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';
import { countText, msText } from '#shared/text/number-text.ts';
import type { MeasuredRow } from '#shared/answer/result-row.ts';
import { axisOptions, baseOptions, rowAxisOptions, tooltipOptions } from './base-options.ts';
import { type ChartInk, colourOf, withOpacity } from './chart-ink.ts';
import type { ChartPicture } from './chart-picture.ts';
import { createRowLabels, rowLabelOf } from './row-labels.ts';

const ROW_HEIGHT = 52;
const AXIS_HEIGHT = 48;
const TICK_COUNT = 8;
/** Parts of a row, from its top. */
const LABEL_TOP = 0.26;
const BOX_TOP = 0.44;
const BOX_BOTTOM = 0.62;
const DOTS_TOP = 0.7;
const DOTS_HEIGHT = 0.22;

/** @param rows at least one */
export function distributionChart(rows: readonly MeasuredRow[], options: { ink: ChartInk }): ChartPicture<'scatter'> {
  const { ink } = options;
  const mark = marksOf(rows);
  const samples = rows.map((row) => sortAscending(row.blocks.flatMap((block) => block.samplesMs)));
  const scale = createTimeScale({
    values: rows.flatMap(({ run }) => [run.latencyMs.min, run.latencyMs.max]),
    range: [0, 1],
    tickCount: TICK_COUNT,
  });
  return {
    heightPx: rows.length * ROW_HEIGHT + AXIS_HEIGHT,
    description: rows.map(describeRow).join(' '),
    remarks: [scaleRemark(scale, 'latency'), dotsRemark(Math.max(...samples.map(({ length }) => length)))].filter(
      Boolean,
    ),
    configuration: {
      type: 'scatter',
      data: {
        datasets: rows.map((row, index) => ({
          label: `#${row.number}`,
          data: dotsOf(samples[index] ?? new Float64Array(), index),
          pointRadius: 1.7,
          pointHoverRadius: 4,
          pointHitRadius: 3,
          borderWidth: 0,
          backgroundColor: withOpacity(colourOf(mark(row), ink), 0.5),
        })),
      },
      options: {
        ...baseOptions(ink),
        scales: {
          x: axisOptions(scale, ink, { title: 'Latency of one inference call (ms)' }),
          y: rowAxisOptions(rows.length),
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            ...tooltipOptions(ink),
            callbacks: {
              title: (items) => titleOf(rows, items[0]?.datasetIndex ?? 0),
              label: ({ parsed }) => `${msText(parsed.x ?? 0)} ms`,
            },
          },
          annotation: {
            clip: true,
            annotations: rows.flatMap((row, index) =>
              boxOf(samples[index] ?? new Float64Array(), index, colourOf(mark(row), ink)),
            ),
          },
        },
      },
      plugins: [
        createRowLabels(
          rows.map((row) => rowLabelOf(row)),
          { ink, top: LABEL_TOP },
        ),
      ],
    },
  };
}

function titleOf(rows: readonly MeasuredRow[], index: number): string {
  const row = rows[index];
  return row === undefined ? '' : `#${row.number} ${row.run.model.name}`;
}

/** @param sorted ascending, milliseconds */
function dotsOf(sorted: Float64Array, rowIndex: number): { x: number; y: number }[] {
  return thinSamples(sorted, MOST_DOTS).map((value, index) => ({
    x: value,
    // The golden ratio spreads neighbours evenly without drawing lots.
    y: rowIndex + DOTS_TOP + ((index * 0.618_034) % 1) * DOTS_HEIGHT,
  }));
}

/** The box of the middle half with the median; the median alone where the samples are too few. */
function boxOf(sorted: Float64Array, rowIndex: number, colour: string): AnnotationOptions[] {
  if (sorted.length === 0) return [];
  const median = quantileOfSorted(sorted, 0.5);
  const line: AnnotationOptions = {
    type: 'line',
    xMin: median,
    xMax: median,
    yMin: rowIndex + BOX_TOP - 0.03,
    yMax: rowIndex + BOX_BOTTOM + 0.03,
    borderColor: colour,
    borderWidth: 2.5,
  };
  if (sorted.length < FEWEST_FOR_BOX) return [line];
  const box: AnnotationOptions = {
    type: 'box',
    xMin: quantileOfSorted(sorted, 0.25),
    xMax: quantileOfSorted(sorted, 0.75),
    yMin: rowIndex + BOX_TOP,
    yMax: rowIndex + BOX_BOTTOM,
    backgroundColor: withOpacity(colour, 0.22),
    borderColor: colour,
    borderWidth: 1,
  };
  return [box, line];
}

function describeRow({ number, run }: MeasuredRow): string {
  const { min, median, max } = run.latencyMs;
  return `#${number}: ${countText(run.sampleCount, 'sample')}, from ${msText(min)} to ${msText(max)} ms, median ${msText(median)} ms.`;
}
