import { Alert, Box, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ExperimentPlanInput } from '#shared/case.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { orpc } from '../../api/client.ts';
import { InputTable } from '../../components/input-table.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { ArraysField } from '../library/arrays-field.tsx';
import { DatasetFields } from '../library/dataset-fields.tsx';
import { groupForecasts } from './group-forecasts.ts';
import type { InputsDraft } from './plan-draft.ts';
import { usePreflight } from './use-preflight.ts';

const kinds: { value: InputsDraft['kind']; label: string }[] = [
  { value: 'generated', label: 'Generated' },
  { value: 'dataset', label: 'Dataset' },
  { value: 'file', label: 'File' },
];

const descriptions: Record<InputsDraft['kind'], string> = {
  generated: 'Made by type and shape, from a seed that is kept with the results.',
  dataset: 'The first items of a dataset: as many as the batch takes.',
  file: 'An array for each input, by its name, as numpy.savez writes them.',
};

/** What all cases run on, and what that is for each model. */
export function InputsCard(props: {
  inputs: InputsDraft;
  /** Null while there are obstacles. */
  plan: ExperimentPlanInput | null;
  onChange: (inputs: InputsDraft) => void;
}) {
  const { inputs, plan, onChange } = props;
  const { kind, datasetId, path } = inputs;
  const datasets = useQuery(orpc.models.datasets.queryOptions());
  const choose = (value: InputsDraft['kind']): void =>
    onChange({ ...inputs, kind: value, datasetId: datasetId || (datasets.data?.[0]?.id ?? '') });
  return (
    <SectionCard title="Inputs" description={descriptions[kind]}>
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="Where inputs come from"
          data={kinds}
          value={kind}
          onChange={choose}
        />
        {kind === 'dataset' ? (
          <DatasetFields<string>
            label="Dataset"
            description="Models take it if their input has the shape of its items"
            automatic={null}
            value={datasetId}
            onChange={(id) => onChange({ ...inputs, datasetId: id })}
          />
        ) : null}
        {kind === 'file' ? (
          <ArraysField
            description="A .npz or .npy file of NumPy"
            value={path}
            onChange={(entered) => onChange({ ...inputs, path: entered })}
          />
        ) : null}
        {plan === null ? null : <Forecasts plan={plan} />}
      </Stack>
    </SectionCard>
  );
}

function Forecasts({ plan }: { plan: ExperimentPlanInput }) {
  const { data } = usePreflight(plan);
  if (!data) return null;
  const { batchSize, groups } = groupForecasts(data);
  const hasOthers = (plan.batchSizes?.length ?? 1) > 1;
  return (
    <Stack gap="xs" aria-live="polite">
      {groups.map(({ names, inputs, refusal }) => (
        <div key={names.join()}>
          {groups.length === 1 ? null : (
            <Text size="xs" fw={600} style={{ overflowWrap: 'anywhere' }}>
              {names.map(isolateName).join(', ')}
            </Text>
          )}
          {refusal === null ? (
            <Box mx="calc(-1 * var(--mantine-spacing-md))">
              <InputTable inputs={inputs} label={`Inputs of ${names.join(', ')}`} />
            </Box>
          ) : (
            <Alert color="red" p="xs" icon={<IconAlertTriangle aria-hidden />}>
              {refusal}
            </Alert>
          )}
        </div>
      ))}
      {hasOthers ? (
        <Text size="xs" c="dimmed">
          As they are at batch {batchSize}; other batches differ in their first dimension.
        </Text>
      ) : null}
    </Stack>
  );
}
