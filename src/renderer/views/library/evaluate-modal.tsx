import { Button, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Model } from '#shared/model.ts';
import { type ProviderId, providerIdSchema } from '#shared/provider.ts';
import { countText } from '#shared/text/number-text.ts';
import { client, orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { DataSelect } from './data-select.tsx';

/** Accuracy on labelled data, and fidelity to the original. */
export function EvaluateModal(props: {
  model: Model;
  variantIds: readonly string[];
  isOpen: boolean;
  onClose: () => void;
  onStarted: (jobId: string) => void;
}) {
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={`Evaluate ${countText(props.variantIds.length, 'variant')} of ${props.model.name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {props.isOpen ? <EvaluateForm {...props} /> : null}
    </Modal>
  );
}

function EvaluateForm({ model, variantIds, onClose, onStarted }: Parameters<typeof EvaluateModal>[0]) {
  const providers = useQuery(orpc.devices.providers.queryOptions());
  const [provider, setProvider] = useState<ProviderId>('node:cpu');
  const [datasetId, setDatasetId] = useState<string | null>(null);
  /** Of a file of arrays that is taken instead of a dataset; empty as long as none is named. */
  const [inputsPath, setInputsPath] = useState<string | null>(null);
  const [labels, setLabels] = useState('');
  const [limit, setLimit] = useState<number | null>(null);
  const usable = (providers.data ?? []).filter(({ status }) => status === 'usable');
  const evaluate = useMutation({
    mutationFn: () =>
      client.quality.evaluate({
        variantIds: [...variantIds],
        provider,
        ...(inputsPath === null
          ? datasetId === null
            ? {}
            : { datasetId }
          : { inputsPath, ...(labels.trim() === '' ? {} : { labels: labels.trim() }) }),
        ...(limit === null ? {} : { limit }),
      }),
    onSuccess: ({ jobId }) => {
      onStarted(jobId);
      onClose();
    },
  });
  return (
    <Stack gap="md">
      <Text>
        Runs every item through the variants and the original: accuracy where the data has labels, and how often both
        answer the same.
      </Text>
      <Select
        label="Provider"
        description="Accuracy belongs to the file and the provider together."
        data={(usable.length > 0 ? usable : [{ id: 'node:cpu', title: 'CPU' }]).map(({ id, title }) => ({
          value: id,
          label: `${title} (${id})`,
        }))}
        value={provider}
        allowDeselect={false}
        onChange={(id) => setProvider(providerIdSchema.catch('node:cpu').parse(id))}
      />
      <DataSelect
        label="Data"
        description="Without labels only the fidelity can be told."
        tiedFamily={model.datasetId}
        value={datasetId}
        onChange={setDatasetId}
        file={{ path: inputsPath, onChange: setInputsPath }}
      />
      {inputsPath === null ? null : (
        <TextInput
          label="Labels"
          description="The array of the file with the class of each row, whole numbers from 0. Empty: fidelity only."
          placeholder="y"
          value={labels}
          onChange={(event) => setLabels(event.currentTarget.value)}
        />
      )}
      <NumberInput
        label="Items"
        description="The first so many; empty takes all, which is what an accuracy should rest on."
        placeholder="All"
        min={1}
        allowDecimal={false}
        value={limit ?? ''}
        onChange={(entered) => setLimit(typeof entered === 'number' ? entered : null)}
      />
      {evaluate.error ? <ErrorMessage error={evaluate.error} /> : null}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button
          loading={evaluate.isPending}
          disabled={inputsPath === null ? datasetId === '' : inputsPath === ''}
          onClick={() => evaluate.mutate()}
        >
          Evaluate
        </Button>
      </Group>
    </Stack>
  );
}
