/** Memory of a run's process over time, by kind, with the phases marked. */
import { createLinearScale } from '#shared/charts/scale.ts';
import { formatBytes } from '#shared/format.ts';
import type { MemoryPhase, MemoryPoint } from '#shared/run-record.ts';
import { axisOptions, baseOptions, titleOptions, tooltipOptions } from './base-options.ts';
import { type ChartInk, withOpacity } from './chart-ink.ts';
import type { ChartPicture } from './chart-picture.ts';

const HEIGHT = 190;
const MIB = 2 ** 20;

const phaseWords: Record<MemoryPhase, string> = {
  load: 'load',
  'first-run': 'first run',
  'warm-up': 'warm-up',
  blocks: 'blocks',
  idle: 'idle',
  sustained: 'without a pause',
  released: 'given back',
};

const STROKES = [
  { name: 'solid', dash: [] },
  { name: 'dashed', dash: [6, 3] },
  { name: 'dotted', dash: [2, 3] },
] as const;

const kinds = [
  { label: 'All', key: 'residentBytes' },
  { label: 'Its own', key: 'anonymousBytes' },
  { label: 'Of files', key: 'fileBytes' },
] as const;

/** @param line at least two points, in the order read */
export function memoryChart(line: readonly MemoryPoint[], { ink }: { ink: ChartInk }): ChartPicture<'line'> {
  const lastSeconds = (line.at(-1)?.atMs ?? 0) / 1000;
  const largestBytes = Math.max(...line.map(({ residentBytes }) => residentBytes ?? 0));
  const known = kinds.filter(({ key }) => line.some((point) => point[key] !== null));
  const starts = line.filter((point, index) => point.phase !== line[index - 1]?.phase);
  return {
    heightPx: HEIGHT,
    description: `At most ${formatBytes(largestBytes)} over ${lastSeconds.toFixed(1)} s; phases: ${starts.map(({ phase }) => phaseWords[phase]).join(', ')}.`,
    remarks: [
      `${known.map(({ label }, index) => `${label}: ${STROKES[index]?.name ?? ''}`).join('. ')}. Bands are the phases: ${starts.map(({ phase }) => phaseWords[phase]).join(', ')}.`,
    ],
    configuration: {
      type: 'line',
      data: {
        datasets: known.map(({ label, key }, index) => ({
          label,
          data: line.flatMap((point) => {
            const bytes = point[key];
            return bytes === null ? [] : [{ x: point.atMs / 1000, y: bytes / MIB }];
          }),
          borderColor: ink.series[index] ?? ink.text,
          backgroundColor: ink.series[index] ?? ink.text,
          // Told apart without colour too.
          borderDash: [...(STROKES[index]?.dash ?? [])],
          borderWidth: 1.6,
          pointRadius: 0,
          pointHitRadius: 6,
        })),
      },
      options: {
        ...baseOptions(ink),
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: axisOptions(createLinearScale([0, lastSeconds], [0, 1], 6), ink, {
            title: 'seconds since the process was ready',
          }),
          y: axisOptions(createLinearScale([0, largestBytes / MIB], [0, 1], 5), ink, { title: null }),
        },
        plugins: {
          title: titleOptions(ink, 'Memory of the process, MiB'),
          legend: { display: false },
          tooltip: {
            ...tooltipOptions(ink),
            callbacks: {
              title: (items) => {
                const point = line[items[0]?.dataIndex ?? -1];
                return point ? `${(point.atMs / 1000).toFixed(2)} s, ${phaseWords[point.phase]}` : '';
              },
              label: ({ dataset, parsed }) => `${dataset.label ?? ''}: ${formatBytes((parsed.y ?? 0) * MIB)}`,
            },
          },
          annotation: {
            annotations: starts.map((point, index) => ({
              type: 'box' as const,
              xMin: point.atMs / 1000,
              xMax: (starts[index + 1]?.atMs ?? line.at(-1)?.atMs ?? 0) / 1000,
              backgroundColor: index % 2 === 0 ? withOpacity(ink.grid, 0.35) : 'transparent',
              borderWidth: 0,
              drawTime: 'beforeDatasetsDraw' as const,
            })),
          },
        },
      },
    },
  };
}
