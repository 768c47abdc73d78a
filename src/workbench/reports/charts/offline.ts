/** Throughput over the batch when all items are there at once, a line for each number of instances. */
import { type Font, textWidth } from '#shared/charts/chart-text.ts';
import type { Box } from '#shared/charts/place-labels.ts';
import { type OfflineFigure, offlineScales, rateInterval } from '#shared/scenarios/offline-figure.ts';
import type { OfflinePoint } from '#shared/scenarios/offline.ts';
import { html, type Html } from '../html/template.ts';
import { coordinate } from './coordinate.ts';
import { bottomAxis, drawing, leftAxis } from './frame.ts';
import { drawMark } from './series-marks.ts';

const WIDTH = 760;
const PLOT_HEIGHT = 230;
const LEFT = 66;
const KEY_ROW_HEIGHT = 20;
const KEY_FONT: Font = { size: 11 };
const COLOUR_COUNT = 8;

export function drawOffline(figure: OfflineFigure, { id }: { id: string }): { svg: Html; remarks: string[] } {
  const { curves, marked, verdictOf } = figure;
  const key = placeKey(curves.map(({ name }) => name));
  const top = 24 + KEY_ROW_HEIGHT * key.rowCount;
  const area: Box = { left: LEFT, top, right: WIDTH - 16, bottom: top + PLOT_HEIGHT };
  const { x, y, remarks } = offlineScales(figure, { xRange: [area.left, area.right], yRange: [area.bottom, area.top] });
  const at = ({ batchSize, itemsPerSecond }: OfflinePoint): [number, number] => [
    x.map(batchSize),
    y.map(itemsPerSecond.estimate),
  ];
  const svg = drawing(
    {
      id,
      width: WIDTH,
      height: area.bottom + 44,
      title: 'Throughput over the batch',
      description: figure.description,
    },
    html`${leftAxis(y, area, 'Items per second ↑ better')}${bottomAxis(x, area, 'Batch: items per run')}${curves.map(
      ({ name, shape, points }, index) => {
        const colourClass = `series-${index % COLOUR_COUNT}`;
        const { left, baseline } = key.places[index] ?? { left: 0, baseline: 0 };
        return html`${drawMark({ colourClass, shape }, left, baseline - 4)}<text
            x="${coordinate(left + 10)}"
            y="${coordinate(baseline)}"
            >${name}</text
          >${
            points.length < 2
              ? null
              : html`<path
                  class="curve ${colourClass}"
                  d="M${points.map((point) => at(point).map(coordinate).join(' ')).join('L')}"
                />`
          }${points.map((point) => {
            const interval = rateInterval(point);
            const [cx, cy] = at(point);
            return html`${
              interval &&
              html`<path
                class="error-bar ${colourClass}"
                d="M${coordinate(cx)} ${coordinate(y.map(interval[0]))}V${coordinate(y.map(interval[1]))}"
              />`
            }${drawMark({ colourClass: `${colourClass} ${verdictOf(point)}`, shape }, cx, cy)}`;
          })}`;
      },
    )}${marked === null ? null : drawRing(...at(marked))}`,
  );
  return { svg, remarks };
}

function drawRing(x: number, y: number): Html {
  return html`<circle class="ring" cx="${coordinate(x)}" cy="${coordinate(y)}" r="9" />`;
}

/** In rows, as many in each as fit. */
function placeKey(names: readonly string[]): { places: { left: number; baseline: number }[]; rowCount: number } {
  let left = LEFT;
  let row = 0;
  const places = names.map((name) => {
    const width = textWidth(name, KEY_FONT) + 30;
    if (left > LEFT && left + width > WIDTH) {
      left = LEFT;
      row += 1;
    }
    const place = { left, baseline: 12 + KEY_ROW_HEIGHT * row };
    left += width;
    return place;
  });
  return { places, rowCount: row + 1 };
}
