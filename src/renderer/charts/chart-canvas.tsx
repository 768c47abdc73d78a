import './register-charts.ts';
import type { ChartType } from 'chart.js';
import { Chart } from 'react-chartjs-2';
import { useIsOnPaper } from '../components/on-paper.tsx';
import type { ChartPicture } from './chart-picture.ts';
import { useComeNear } from './use-come-near.ts';

/** A canvas does not become narrower for paper; across A4 and US Letter, inside a card. */
const PAPER_WIDTH = 660;

/**
 * Draws a chart, once it comes near what is seen of the page: dozens of them at once would keep everything else waiting. On paper all are
 * drawn, as wide as it is. It is one image for those who do not see it, with everything it says as its text.
 */
export function ChartCanvas<Type extends ChartType>(props: { picture: ChartPicture<Type>; title: string }) {
  const { configuration, heightPx, description } = props.picture;
  const { ref, hasComeNear } = useComeNear<HTMLDivElement>();
  const isOnPaper = useIsOnPaper();
  return (
    <div
      ref={ref}
      role="img"
      aria-label={`${props.title}. ${description}`}
      style={{ position: 'relative', height: heightPx, minWidth: 0, ...(isOnPaper ? { maxWidth: PAPER_WIDTH } : {}) }}
    >
      {hasComeNear || isOnPaper ? (
        <Chart
          key={isOnPaper ? 'paper' : 'screen'}
          type={configuration.type}
          data={configuration.data}
          {...(configuration.options ? { options: configuration.options } : {})}
          plugins={configuration.plugins ?? []}
          role="presentation"
          // Plugins of their own draw names: they are only read when the chart is made.
          redraw
        />
      ) : null}
    </div>
  );
}
