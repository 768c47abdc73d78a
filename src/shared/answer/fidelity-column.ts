/** What a table of runs shows where no accuracy is known: how close the outputs stay to those of the first model of the plan. */
import { datasetText } from '../text/case-text.ts';
import { agreementText, cosineText } from '../text/fidelity-text.ts';
import type { ExperimentResults } from './derive-results.ts';
import type { ResultRow } from './result-row.ts';

export const FIDELITY_TITLE = 'Fidelity';

export type FidelityCell = { text: string; detail: string | null };

/** Of what the fidelity is: `generated inputs`. */
export function fidelityDataText(rows: readonly ResultRow[]): string {
  const known = rows.flatMap(({ fidelity }) => (fidelity === null ? [] : [datasetText(fidelity.datasetId)]));
  return [...new Set(known)].join(' and ');
}

/** @returns null where accuracy is known of some run, or fidelity of none: then the table has a column of accuracy */
export function fidelityColumn({
  rows,
  datasetId,
}: Pick<ExperimentResults, 'rows' | 'datasetId'>): ((row: ResultRow) => FidelityCell) | null {
  if (datasetId !== null || rows.every(({ fidelity }) => fidelity === null)) return null;
  const referenceId = rows[0]?.run.model.sha256;
  return ({ run, fidelity: found }) => {
    if (!found?.fidelity) {
      return { text: run.model.sha256 === referenceId ? 'reference' : 'not measured', detail: null };
    }
    const { cosine, top1Agreement, itemCount } = found.fidelity;
    return top1Agreement === null
      ? { text: cosineText(cosine), detail: 'cosine' }
      : { text: agreementText(top1Agreement, itemCount), detail: 'same class' };
  };
}
