import { Drawer } from '@mantine/core';
import { useMemo, useState } from 'react';
import { accuracyDataText } from '#shared/text/case-text.ts';
import { commonConfidence } from '#shared/statistics/interval-confidence.ts';
import { fidelityColumn, fidelityDataText } from '#shared/answer/fidelity-column.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { DataTable } from '../../components/data-table.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { runColumns } from './run-columns.tsx';
import { RunDetails } from './run-details.tsx';

/** Every run with its figures; one of them in full on demand. */
export function RunsCard({ results }: { results: ExperimentResults }) {
  const { rows, datasetId, experiment } = results;
  const [openedId, setOpenedId] = useState<string | null>(null);
  const opened = rows.find(({ run }) => run.id === openedId);
  const hasSeveralBaselines = rows.filter(({ isBaseline }) => isBaseline).length > 1;
  const fidelity = useMemo(() => fidelityColumn({ rows, datasetId }), [rows, datasetId]);
  const medians = commonConfidence(rows.map(({ run }) => run.latencyMs));
  const ratios = commonConfidence(rows.map(({ comparison }) => comparison?.speedup));
  const columns = useMemo(
    () => runColumns({ confidence: { medians, ratios }, hasSeveralBaselines, fidelity, onOpen: setOpenedId }),
    [medians, ratios, hasSeveralBaselines, fidelity],
  );
  const top1Text = datasetId === null ? '' : `Top-1 is on ${accuracyDataText(datasetId)}.`;
  const more = experiment.plan.idleSeconds.length > 0 ? ', also its runs after idling' : '';
  const openText = `Open one for all that is known of it${more}.`;
  const dataText = fidelity === null ? top1Text : `Fidelity to the first model is on ${fidelityDataText(rows)}.`;
  return (
    <SectionCard title="Runs" description={`${openText} ${dataText}`} isFlush>
      <DataTable
        label={`Runs of ${experiment.name}`}
        columns={columns}
        rows={rows}
        rowId={({ run }) => run.id}
        isSelected={({ run }) => run.id === openedId}
        onRowClick={({ run }) => setOpenedId(run.id)}
        fold={{ firstCount: 20, noun: 'run' }}
      />
      <Drawer
        opened={opened !== undefined}
        onClose={() => setOpenedId(null)}
        position="right"
        size="lg"
        title={opened ? `#${opened.number} ${opened.run.model.name}` : ''}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {opened ? <RunDetails row={opened} /> : null}
      </Drawer>
    </SectionCard>
  );
}
