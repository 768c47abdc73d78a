/** Block medians of one run over the rounds: a machine that heats up or gets other work shows here. */
import { blockFigures, driftDomain } from '#shared/charts/block-figures.ts';
import { createLinearScale, extent } from '#shared/charts/scale.ts';
import { countText, msText } from '#shared/text/number-text.ts';
import type { MeasuredRow } from '#shared/answer/result-row.ts';
import { axisOptions, baseOptions, tooltipOptions } from './base-options.ts';
import { type ChartInk, withOpacity } from './chart-ink.ts';
import type { ChartPicture } from './chart-picture.ts';

const HEIGHT = 150;

/** Every panel has its own scale, and all have the same rounds. */
export const DRIFT_REMARK =
  'Each dot is the median of one block in ms, the band the middle half of the block, the dotted line the median of the whole run. Every panel has its own scale, which spans at least ±10 % of the median and does not start at zero.';

/** @returns the first and the last round of all rows */
export function roundsOf(rows: readonly MeasuredRow[]): [number, number] {
  const rounds = rows.flatMap(({ blocks }) => blocks.map(({ round }) => round));
  return rounds.length === 0 ? [0, 0] : extent(rounds);
}

/** @param options.colour of the run: `#rrggbb` */
export function driftChart(
  row: MeasuredRow,
  options: { ink: ChartInk; colour: string; rounds: readonly [number, number] },
): ChartPicture<'line'> {
  const { ink, colour, rounds } = options;
  const { median } = row.run.latencyMs;
  const figures = blockFigures(row.blocks);
  const yScale = createLinearScale(driftDomain(median, figures), [0, 1], 4);
  // Rounds count from 1 for people.
  const [first, last] = [rounds[0] + 1, Math.max(rounds[1], rounds[0] + 1) + 1];
  const edge = { pointRadius: 0, pointHitRadius: 0, borderWidth: 0, backgroundColor: withOpacity(colour, 0.2) };
  return {
    heightPx: HEIGHT,
    description: describePanel(
      row,
      figures.map((figure) => figure.median),
    ),
    remarks: [],
    configuration: {
      type: 'line',
      data: {
        datasets: [
          {
            label: 'Median of the block',
            data: figures.map((figure) => ({ x: figure.round + 1, y: figure.median })),
            borderColor: colour,
            backgroundColor: colour,
            borderWidth: 1.4,
            pointRadius: 2,
            pointHitRadius: 6,
          },
          {
            label: 'Lower quartile',
            data: figures.map((figure) => ({ x: figure.round + 1, y: figure.lower })),
            ...edge,
            fill: '+1',
          },
          {
            label: 'Upper quartile',
            data: figures.map((figure) => ({ x: figure.round + 1, y: figure.upper })),
            ...edge,
          },
        ],
      },
      options: {
        ...baseOptions(ink),
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {
          x: {
            type: 'linear',
            min: first,
            max: last,
            border: { color: ink.faint },
            grid: { display: false },
            title: { display: false },
            ticks: {
              color: ink.faint,
              maxRotation: 0,
              align: 'inner',
              callback: (value) => (Number(value) === first ? `round ${first}` : String(value)),
            },
            afterBuildTicks: (axis) => void (axis.ticks = [{ value: first }, { value: last }]),
          },
          y: axisOptions(yScale, ink, { title: null }),
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            ...tooltipOptions(ink),
            filter: ({ datasetIndex }) => datasetIndex === 0,
            callbacks: {
              title: (items) => `Round ${items[0]?.parsed.x ?? ''}`,
              label: ({ dataIndex, parsed }) => {
                const figure = figures[dataIndex];
                const half = figure ? `, middle half ${msText(figure.lower)}–${msText(figure.upper)} ms` : '';
                return `Median ${msText(parsed.y)} ms${half}`;
              },
            },
          },
          annotation: {
            annotations: [
              { type: 'line', yMin: median, yMax: median, borderColor: ink.faint, borderWidth: 1, borderDash: [2, 3] },
            ],
          },
        },
      },
    },
  };
}

function describePanel(row: MeasuredRow, medians: readonly number[]): string {
  if (medians.length === 0) return `#${row.number}: no block was measured.`;
  const [low, high] = extent(medians);
  return `#${row.number}: block medians between ${msText(low)} and ${msText(high)} ms over ${countText(medians.length, 'block')}.`;
}
