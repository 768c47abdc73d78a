/** Throughput over the batch when all items are there at once, a line for each number of instances. */
import type { ChartDataset } from 'chart.js';
import { type OfflineFigure, offlineScales, rateInterval } from '#shared/scenarios/offline-figure.ts';
import type { OfflinePoint } from '#shared/scenarios/offline.ts';
import { axisOptions, baseOptions, titleOptions, tooltipOptions } from './base-options.ts';
import { type ChartInk, colourOf, withOpacity } from './chart-ink.ts';
import type { ChartPicture } from './chart-picture.ts';
import { pointStyleOf } from './point-style.ts';
import { pointMarks, ringDataset } from './point-marks.ts';

const HEIGHT = 300;

export function offlineChart(figure: OfflineFigure, { ink }: { ink: ChartInk }): ChartPicture<'scatterWithErrorBars'> {
  const { curves, marked, name, facts } = figure;
  const scales = offlineScales(figure, { xRange: [0, 1], yRange: [0, 1] });
  const pointAt = ({ datasetIndex, dataIndex }: { datasetIndex: number; dataIndex: number }) =>
    curves[datasetIndex]?.points[dataIndex];
  return {
    heightPx: HEIGHT,
    description: figure.description,
    remarks: [...figure.remarks, ...scales.remarks],
    configuration: {
      type: 'scatterWithErrorBars',
      data: {
        datasets: [
          ...curves.map((curve, index) =>
            pointsDataset(curve, { figure, colour: colourOf({ colourIndex: index }, ink), ink }),
          ),
          ...(marked === null ? [] : [ringDataset('Marked', placeOf(marked), ink)]),
          ...curves.map((curve, index) => lineDataset(curve.points, colourOf({ colourIndex: index }, ink))),
        ],
      },
      options: {
        ...baseOptions(ink),
        scales: {
          x: axisOptions(scales.x, ink, { title: 'Batch: items per run' }),
          y: axisOptions(scales.y, ink, { title: null }),
        },
        plugins: {
          legend: { display: false },
          title: titleOptions(ink, 'Items per second ↑ better'),
          tooltip: {
            ...tooltipOptions(ink),
            filter: ({ datasetIndex }) => datasetIndex < curves.length,
            callbacks: {
              title: ([item]) => {
                const point = item && pointAt(item);
                return point ? name(point) : '';
              },
              label: (item) => {
                const point = pointAt(item);
                return point ? facts(point) : '';
              },
            },
          },
        },
      },
    },
  };
}

function pointsDataset(
  { name, shape, points }: OfflineFigure['curves'][number],
  { figure, colour, ink }: { figure: OfflineFigure; colour: string; ink: ChartInk },
) {
  return {
    label: name,
    data: points.map((point) => {
      const interval = rateInterval(point);
      return { ...placeOf(point), ...(interval && { yMin: interval[0], yMax: interval[1] }) } as never;
    }),
    ...pointMarks(colour, ink),
    pointStyle: pointStyleOf(shape),
    backgroundColor: points.map((point) => fillOf(figure.verdictOf(point), colour, ink)),
  };
}

function lineDataset(points: readonly OfflinePoint[], colour: string): ChartDataset<'scatterWithErrorBars'> {
  return {
    type: 'line',
    label: 'Rising batch',
    data: points.map(placeOf),
    pointRadius: 0,
    pointHitRadius: 0,
    // Behind all points.
    order: 1e6,
    borderColor: withOpacity(colour, 0.45),
    borderWidth: 1.4,
  } as never;
}

function placeOf({ batchSize, itemsPerSecond }: OfflinePoint): { x: number; y: number } {
  return { x: batchSize, y: itemsPerSecond.estimate };
}

function fillOf(verdict: ReturnType<OfflineFigure['verdictOf']>, colour: string, ink: ChartInk): string {
  return { holds: colour, undecided: withOpacity(colour, 0.35), 'does-not-hold': ink.ground }[verdict];
}
