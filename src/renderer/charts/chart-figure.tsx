import type { ChartType } from 'chart.js';
import type { ReactNode } from 'react';
import { ChartCanvas } from './chart-canvas.tsx';
import classes from './chart-figure.module.css';
import type { ChartPicture } from './chart-picture.ts';

/** A chart with what has to be known to read it, and its key. */
export function ChartFigure<Type extends ChartType>(props: {
  picture: ChartPicture<Type>;
  title: string;
  /** What it shows, before the remarks on its axes. */
  text?: string;
  chartKey?: ReactNode;
}) {
  const { picture, title, text, chartKey } = props;
  return (
    <figure className={classes['figure']}>
      <ChartCanvas picture={picture} title={title} />
      {chartKey ?? null}
      <figcaption className={classes['caption']}>{[...(text ? [text] : []), ...picture.remarks].join(' ')}</figcaption>
    </figure>
  );
}
