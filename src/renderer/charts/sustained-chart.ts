/** The time of one inference call during continuous use, second by second. */
import { createLinearScale, extent } from '#shared/charts/scale.ts';
import { SUSTAINED_SCALE_REMARK, sustainedDomain, sustainedFigures } from '#shared/charts/sustained-figures.ts';
import type { SustainedWindow } from '#shared/run-record.ts';
import { msText } from '#shared/text/number-text.ts';
import { axisOptions, baseOptions, titleOptions, tooltipOptions } from './base-options.ts';
import { type ChartInk, withOpacity } from './chart-ink.ts';
import type { ChartPicture } from './chart-picture.ts';

const HEIGHT = 190;

/** Every chart has its own scale. */
export const SUSTAINED_REMARK = `Each point is the median of one second in ms, the band its middle half. ${SUSTAINED_SCALE_REMARK}`;

/**
 * @param windows at least two, in the order measured
 * @param options.colour of the run: `#rrggbb`
 */
export function sustainedChart(
  windows: readonly SustainedWindow[],
  { ink, colour = ink.series[0] ?? ink.text }: { ink: ChartInk; colour?: string },
): ChartPicture<'line'> {
  const startMs = windows[0]?.startedAtMs ?? 0;
  const secondOf = ({ startedAtMs }: SustainedWindow): number => (startedAtMs - startMs) / 1000;
  const edge = { pointRadius: 0, pointHitRadius: 0, borderWidth: 0, backgroundColor: withOpacity(colour, 0.2) };
  const [lowest, highest] = extent(windows.map(({ medianMs }) => medianMs));
  const domain = sustainedDomain(sustainedFigures(windows, windows.length));
  return {
    heightPx: HEIGHT,
    description: `Medians of seconds between ${msText(lowest)} and ${msText(highest)} ms.`,
    remarks: [],
    configuration: {
      type: 'line',
      data: {
        datasets: [
          {
            label: 'Median',
            data: windows.map((window) => ({ x: secondOf(window), y: window.medianMs })),
            borderColor: colour,
            backgroundColor: colour,
            borderWidth: 1.4,
            pointRadius: windows.length > 120 ? 0 : 2,
            pointHitRadius: 6,
          },
          {
            label: 'Lower quartile',
            data: windows.map((window) => ({ x: secondOf(window), y: window.lowerMs })),
            ...edge,
            fill: '+1',
          },
          {
            label: 'Upper quartile',
            data: windows.map((window) => ({ x: secondOf(window), y: window.upperMs })),
            ...edge,
          },
        ],
      },
      options: {
        ...baseOptions(ink),
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {
          x: axisOptions(createLinearScale([0, secondOf(windows.at(-1) as SustainedWindow)], [0, 1], 6), ink, {
            title: 'seconds of continuous use',
          }),
          y: axisOptions(createLinearScale(domain, [0, 1], 5), ink, { title: null }),
        },
        plugins: {
          title: titleOptions(ink, 'Latency of one inference call, ms'),
          legend: { display: false },
          tooltip: {
            ...tooltipOptions(ink),
            filter: ({ datasetIndex }) => datasetIndex === 0,
            callbacks: {
              title: (items) => `Second ${Math.round(items[0]?.parsed.x ?? 0)}`,
              label: ({ dataIndex, parsed }) => {
                const window = windows[dataIndex];
                const clock = window?.clockMegahertz ? `, ${Math.round(window.clockMegahertz)} MHz` : '';
                return `Median ${msText(parsed.y)} ms of ${window?.sampleCount ?? 0} runs${clock}`;
              },
            },
          },
        },
      },
    },
  };
}
