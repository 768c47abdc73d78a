/** Latency against the rate at which requests arrive, with the bound and the highest rate that holds it as lines. */
import type { Box } from '#shared/charts/place-labels.ts';
import { formatCount } from '#shared/format.ts';
import { type DrawnProbe, type RateFigure, rateScales } from '#shared/scenarios/rate-figure.ts';
import { html, type Html } from '../html/template.ts';
import { coordinate } from './coordinate.ts';
import { bottomAxis, drawing, leftAxis } from './frame.ts';

const WIDTH = 760;
const HEIGHT = 300;
const AREA: Box = { left: 60, top: 40, right: WIDTH - 16, bottom: HEIGHT - 44 };
const RADIUS = 5.5;

export function drawRate(figure: RateFigure, { id }: { id: string }): { svg: Html; remarks: string[] } {
  const { probes, boundMs, answer } = figure;
  const { x, y, remarks } = rateScales(figure, {
    xRange: [AREA.left, AREA.right],
    yRange: [AREA.bottom, AREA.top],
  });
  const boundY = coordinate(y.map(boundMs));
  const answerX = answer === null ? null : coordinate(x.map(answer.ratePerSecond));
  const at = ({ ratePerSecond, latencyMs }: DrawnProbe): readonly [string, string] => [
    coordinate(x.map(ratePerSecond)),
    coordinate(y.map(latencyMs)),
  ];
  const line = probes.filter(({ probe }) => probe.purpose === 'search').map((probe) => at(probe).join(' '));
  const svg = drawing(
    {
      id,
      width: WIDTH,
      height: HEIGHT,
      title: 'Latency against the rate of requests',
      description: figure.description,
    },
    html`${leftAxis(y, AREA, figure.latencyTitle)}${bottomAxis(x, AREA, 'Requests per second → better')}<path
        class="bound"
        d="M${coordinate(AREA.left)} ${boundY}H${coordinate(AREA.right)}"
      /><text class="halo" x="${coordinate(AREA.left + 4)}" y="${coordinate(y.map(boundMs) - 4)}"
        >${formatCount(boundMs)} ms</text
      >${
        answer === null || answerX === null
          ? null
          : html`<path class="front" d="M${answerX} ${coordinate(AREA.top)}V${coordinate(AREA.bottom)}" /><text
                class="halo"
                x="${answerX}"
                y="${coordinate(AREA.top - 4)}"
                text-anchor="middle"
                >${answer.label}</text
              >`
      }${line.length < 2 ? null : html`<path class="curve series-0" d="M${line.join('L')}" />`}${probes.map((drawn) => {
        const [cx, cy] = at(drawn);
        const className = `mark series-0 ${drawn.probe.verdict}`;
        if (drawn.probe.purpose === 'search')
          return html`<circle class="${className}" cx="${cx}" cy="${cy}" r="${RADIUS}" />`;
        const side = 2 * RADIUS - 1;
        return html`<rect
          class="${className}"
          x="${coordinate(x.map(drawn.ratePerSecond) - side / 2)}"
          y="${coordinate(y.map(drawn.latencyMs) - side / 2)}"
          width="${side}"
          height="${side}"
        />`;
      })}`,
  );
  return { svg, remarks };
}
