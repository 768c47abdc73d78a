import { leftToCpuText, parityFigures, placementText } from '#shared/text/placement-text.ts';
import { NOT_KNOWN } from '#shared/text/number-text.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isBeyondCpu } from '../beyond-cpu.ts';
import { runHeader, table } from './elements.ts';
import { html, type Html } from './template.ts';

/** Of each run on another provider than `node:cpu`: whether its results are right, and where its nodes ran. */
export function providersTable({ rows }: ExperimentResults): Html | null {
  const others = rows.filter(isBeyondCpu);
  if (others.length === 0) return null;
  return table({
    caption:
      'Results are compared with those of node:cpu for the same file and inputs, before anything is timed. Where nodes ran is asked of a second session, after measuring.',
    columns: [{ title: 'Run' }, { title: 'Same as the CPU' }, { title: 'Ran on' }, { title: 'Left to the CPU' }],
    rows: others.map((row) => {
      const { run } = row;
      return html`<tr>
        ${runHeader(row)}
        <td>
          ${
            run.parity === null
              ? html`<span class="muted">${NOT_KNOWN}</span>`
              : html`<span class="${run.parity.passed ? 'good' : 'bad'}">${run.parity.passed ? 'yes' : 'no'}</span
                  ><span class="detail wraps">${parityFigures(run.parity).join(', ')}</span>`
          }
        </td>
        <td>${placementText(run.placement) ?? NOT_KNOWN}</td>
        <td class="reason">${run.placement.length === 0 ? NOT_KNOWN : (leftToCpuText(run) ?? 'nothing')}</td>
      </tr> `;
    }),
  });
}
