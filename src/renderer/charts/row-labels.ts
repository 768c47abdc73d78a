/** Names above the rows of a chart, written into it as far as they fit: beside it they would take half of its width. */
import type { Chart, Plugin } from 'chart.js';
import { fitName, type Font, textWidth } from '#shared/charts/chart-text.ts';
import { conditionText } from '#shared/text/case-text.ts';
import type { ResultRow } from '#shared/answer/result-row.ts';
import type { ChartInk } from './chart-ink.ts';
import { FONT_SIZE, TICK_FONT_SIZE } from './base-options.ts';

export type RowLabel = {
  number: number;
  name: string;
  condition: string;
  /** At the right end of the row. */
  verdict: string | null;
};

const NAME_FONT: Font = { size: FONT_SIZE, isBold: true };
const CONDITION_FONT: Font = { size: TICK_FONT_SIZE };
const GAP = 8;

export function rowLabelOf({ number, run }: ResultRow, verdict: string | null = null): RowLabel {
  return { number, name: run.model.name, condition: conditionText(run), verdict };
}

/** What is written for a row in the width there is. The verdict is the last that gives way, the condition the first. */
export function fitRowLabel(
  label: RowLabel,
  options: { width: number; others: readonly string[] },
): { name: string; condition: string; verdict: string } {
  const verdict = label.verdict ?? '';
  const number = `#${label.number} `;
  const rest = options.width - textWidth(number, NAME_FONT) - textWidth(verdict, CONDITION_FONT) - 2 * GAP;
  const conditionWidth = textWidth(label.condition, CONDITION_FONT);
  const hasCondition = rest - conditionWidth > 60;
  const name = fitName(label.name, {
    width: hasCondition ? rest - conditionWidth : rest,
    font: NAME_FONT,
    others: options.others,
  });
  return { name: number + name, condition: hasCondition ? label.condition : '', verdict };
}

/** @param options.top of the words, in rows from the top of their row */
export function createRowLabels(labels: readonly RowLabel[], options: { ink: ChartInk; top: number }): Plugin {
  const { ink, top } = options;
  const others = labels.map(({ name }) => name);
  return {
    id: 'rowLabels',
    afterDatasetsDraw(chart: Chart) {
      const { ctx, chartArea, scales } = chart;
      const rowScale = scales['y'];
      if (!rowScale) return;
      const write = (text: string, x: number, y: number): void => {
        ctx.strokeText(text, x, y);
        ctx.fillText(text, x, y);
      };
      ctx.save();
      ctx.textBaseline = 'middle';
      ctx.lineJoin = 'round';
      ctx.lineWidth = 3;
      ctx.strokeStyle = ink.ground;
      for (const [index, label] of labels.entries()) {
        const y = rowScale.getPixelForValue(index + top);
        const { name, condition, verdict } = fitRowLabel(label, { width: chartArea.width, others });
        ctx.font = `600 ${FONT_SIZE}px ${ink.fontFamily}`;
        ctx.fillStyle = ink.text;
        ctx.textAlign = 'left';
        write(name, chartArea.left, y);
        const nameWidth = ctx.measureText(name).width;
        ctx.font = `${TICK_FONT_SIZE}px ${ink.fontFamily}`;
        ctx.fillStyle = ink.faint;
        write(condition, chartArea.left + nameWidth + GAP, y);
        ctx.fillStyle = ink.text;
        ctx.textAlign = 'right';
        write(verdict, chartArea.right, y);
      }
      ctx.restore();
    },
  };
}
