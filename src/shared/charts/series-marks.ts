/** How runs are told apart in charts: colour by file, shape by provider. Never by colour alone: every mark has its number. */
import type { ResultRow } from '../answer/result-row.ts';

export const SHAPES = ['circle', 'square', 'triangle', 'diamond'] as const;
export type Shape = (typeof SHAPES)[number];

export type SeriesMark = {
  /** Counts from 0, without end: whoever has fewer colours begins again. */
  colourIndex: number;
  shape: Shape;
};

/** @param rows of one chart, or of several that are read together */
export function marksOf(rows: readonly ResultRow[]): (row: ResultRow) => SeriesMark {
  const files = [...new Set(rows.map(({ run }) => run.model.sha256))];
  const providers = [...new Set(rows.map(({ run }) => run.provider))];
  return ({ run }) => ({
    colourIndex: files.indexOf(run.model.sha256),
    shape: SHAPES[providers.indexOf(run.provider) % SHAPES.length] as Shape,
  });
}
