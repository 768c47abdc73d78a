/** Keys beside the charts: which shape is which provider, and which area is how much. */
import { formatBytes } from '#shared/format.ts';
import { marksOf, type Shape } from '#shared/charts/series-marks.ts';
import type { MeasuredRow } from '#shared/answer/result-row.ts';
import { createBubbleScale } from './bubble-size.ts';
import { type ChartInk, colourOf } from './chart-ink.ts';
import classes from './chart-figure.module.css';
import { bubbleBytes, type BubbleMeasure } from './trade-off-chart.ts';

/** Nothing where there is one provider only. */
export function ProviderKey({ rows, ink }: { rows: readonly MeasuredRow[]; ink: ChartInk }) {
  const providers = [...new Set(rows.map(({ run }) => run.provider))];
  if (providers.length < 2) return null;
  const mark = marksOf(rows);
  return (
    <ul className={classes['key']} aria-label="Shapes">
      {providers.map((provider) => {
        const row = rows.find(({ run }) => run.provider === provider);
        return (
          <li key={provider}>
            <svg width={14} height={14} aria-hidden>
              <ShapeMark shape={row ? mark(row).shape : 'circle'} colour={ink.faint} />
            </svg>
            {provider}
          </li>
        );
      })}
    </ul>
  );
}

/** Names the lines of a chart by their colours and marks, in the order of the colours. */
export function LineKey({ lines, ink }: { lines: readonly { name: string; shape: Shape }[]; ink: ChartInk }) {
  return (
    <ul className={classes['key']} aria-label="Lines">
      {lines.map(({ name, shape }, index) => (
        <li key={name}>
          <svg width={14} height={14} aria-hidden>
            <ShapeMark shape={shape} colour={colourOf({ colourIndex: index }, ink)} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** The smallest and the largest bubble of a chart with what they stand for. */
export function BubbleKey(props: { rows: readonly MeasuredRow[]; bubbles: BubbleMeasure; ink: ChartInk }) {
  const { rows, bubbles, ink } = props;
  const amounts = rows.flatMap((row) => bubbleBytes(row, bubbles) ?? []);
  if (amounts.length === 0) return null;
  const { radiusOf, floorBytes } = createBubbleScale(amounts);
  const [smallest, largest] = [Math.min(...amounts), Math.max(...amounts)];
  const shown = smallest < largest * 0.95 && smallest >= floorBytes ? [smallest, largest] : [largest];
  return (
    <ul className={classes['key']} aria-label="Areas">
      <li>Area: {bubbles === 'memory' ? 'peak memory' : 'file size'}</li>
      {shown.map((bytes) => {
        const radius = radiusOf(bytes);
        return (
          <li key={bytes}>
            <svg width={2 * radius + 3} height={2 * radius + 3} aria-hidden>
              <circle cx={radius + 1.5} cy={radius + 1.5} r={radius} fill="none" stroke={ink.faint} strokeWidth={1.3} />
            </svg>
            {formatBytes(bytes)}
          </li>
        );
      })}
    </ul>
  );
}

function ShapeMark({ shape, colour }: { shape: Shape; colour: string }) {
  const style = { fill: colour };
  switch (shape) {
    case 'circle':
      return <circle cx={7} cy={7} r={5} {...style} />;
    case 'square':
      return <rect x={2.5} y={2.5} width={9} height={9} {...style} />;
    case 'triangle':
      return <path d="M7 1.5L13 12.5H1Z" {...style} />;
    case 'diamond':
      return <path d="M7 0.8L13.2 7L7 13.2L0.8 7Z" {...style} />;
  }
}
