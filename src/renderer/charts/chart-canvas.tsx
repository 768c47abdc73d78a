import './register-charts.ts';
import type { ChartType } from 'chart.js';
import { Chart } from 'react-chartjs-2';
import type { ChartPicture } from './chart-picture.ts';

/** Draws a chart. It is one image for those who do not see it, with everything it says as its text. */
export function ChartCanvas<Type extends ChartType>(props: { picture: ChartPicture<Type>; title: string }) {
  const { configuration, heightPx, description } = props.picture;
  return (
    <div style={{ position: 'relative', height: heightPx, minWidth: 0 }}>
      <Chart
        type={configuration.type}
        data={configuration.data}
        {...(configuration.options ? { options: configuration.options } : {})}
        plugins={configuration.plugins ?? []}
        role="img"
        aria-label={`${props.title}. ${description}`}
        // Plugins of their own draw names: they are only read when the chart is made.
        redraw
      />
    </div>
  );
}
