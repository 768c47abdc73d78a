/** Latency against the rate at which requests arrive, with the bound and the highest rate that holds it as lines. */
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { type DrawnProbe, type RateFigure, rateScales } from '#shared/scenarios/rate-figure.ts';
import { formatCount } from '#shared/format.ts';
import { axisOptions, baseOptions, FONT_SIZE, titleOptions, tooltipOptions } from './base-options.ts';
import { type ChartInk, withOpacity } from './chart-ink.ts';
import type { ChartPicture } from './chart-picture.ts';

const HEIGHT = 280;
const RADIUS = 5.5;
const PADDING = 22;

export function rateChart(figure: RateFigure, { ink }: { ink: ChartInk }): ChartPicture<'scatter'> {
  const { probes, boundMs, answer, facts } = figure;
  const scales = rateScales(figure, { xRange: [0, 1], yRange: [0, 1] });
  const colour = ink.series[0] ?? ink.text;
  const search = probes.filter(({ probe }) => probe.purpose === 'search');
  return {
    heightPx: HEIGHT,
    description: figure.description,
    remarks: [...figure.remarks, ...scales.remarks],
    configuration: {
      type: 'scatter',
      data: {
        datasets: [
          {
            label: 'Rates',
            data: probes.map(pointOf),
            clip: false,
            order: 1,
            pointStyle: probes.map(({ probe }) => (probe.purpose === 'confirm' ? 'rect' : 'circle')),
            pointRadius: RADIUS,
            pointHoverRadius: RADIUS + 1,
            pointHitRadius: 6,
            pointBorderColor: colour,
            pointBorderWidth: 1.6,
            pointBackgroundColor: probes.map(({ probe }) => fillOf(probe.verdict, colour, ink)),
          },
          {
            type: 'line',
            label: 'Rising rate',
            data: search.map(pointOf),
            order: 2,
            pointRadius: 0,
            pointHitRadius: 0,
            borderColor: withOpacity(colour, 0.45),
            borderWidth: 1.4,
          } as never,
        ],
      },
      options: {
        ...baseOptions(ink),
        layout: { padding: { right: PADDING } },
        scales: {
          x: axisOptions(scales.x, ink, { title: 'Requests per second → better' }),
          y: axisOptions(scales.y, ink, { title: null }),
        },
        plugins: {
          legend: { display: false },
          title: titleOptions(ink, figure.latencyTitle),
          tooltip: {
            ...tooltipOptions(ink),
            filter: ({ datasetIndex }) => datasetIndex === 0,
            callbacks: {
              title: (items) => {
                const probe = probes[items[0]?.dataIndex ?? 0];
                return probe ? `${formatCount(probe.ratePerSecond)} per second` : '';
              },
              label: ({ dataIndex }) => (probes[dataIndex] ? facts(probes[dataIndex]) : ''),
            },
          },
          annotation: {
            annotations: [
              lineAt({ yMin: boundMs, yMax: boundMs }, { label: `${formatCount(boundMs)} ms`, position: 'start', ink }),
              ...(answer === null
                ? []
                : [
                    lineAt(
                      { xMin: answer.ratePerSecond, xMax: answer.ratePerSecond },
                      { label: answer.label, position: 'end', ink },
                    ),
                  ]),
            ],
          },
        },
      },
    },
  };
}

function pointOf({ ratePerSecond, latencyMs }: DrawnProbe): { x: number; y: number } {
  return { x: ratePerSecond, y: latencyMs };
}

function fillOf(verdict: DrawnProbe['probe']['verdict'], colour: string, ink: ChartInk): string {
  return { holds: colour, undecided: withOpacity(colour, 0.35), 'does-not-hold': ink.ground }[verdict];
}

function lineAt(
  at: { xMin: number; xMax: number } | { yMin: number; yMax: number },
  { label, position, ink }: { label: string; position: 'start' | 'end'; ink: ChartInk },
): AnnotationOptions {
  return {
    type: 'line',
    ...at,
    borderColor: ink.text,
    borderWidth: 1.3,
    borderDash: 'xMin' in at ? [5, 4] : [],
    drawTime: 'beforeDatasetsDraw',
    label: {
      display: true,
      content: label,
      position,
      backgroundColor: ink.ground,
      color: ink.text,
      font: { size: FONT_SIZE, weight: 'normal' },
      padding: { x: 4, y: 2 },
    },
  };
}
