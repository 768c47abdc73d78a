import { Button, Checkbox, Group, Modal, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { formatDateTime } from '#shared/format.ts';
import type { ExperimentSummary } from '#shared/experiment.ts';
import type { Report, ReportFormat } from '#shared/report.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { client } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { FormatSelect } from './format-select.tsx';

/** Chooses which experiments a report is about. */
export function CreateReportModal(props: {
  experiments: readonly ExperimentSummary[];
  isOpen: boolean;
  onClose: () => void;
  onCreated: (report: Report) => void;
}) {
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title="Create a report"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {/* Only while it is open, so that it always starts afresh. */}
      {props.isOpen ? <Form {...props} /> : null}
    </Modal>
  );
}

function Form({ experiments, onClose, onCreated }: Parameters<typeof CreateReportModal>[0]) {
  const [ids, setIds] = useState<string[]>(experiments.slice(0, 1).map(({ id }) => id));
  const [format, setFormat] = useState<ReportFormat>('html');
  const [title, setTitle] = useState('');
  const create = useMutation({
    mutationFn: () => client.reports.create({ ids, format, ...(title.trim() === '' ? {} : { title: title.trim() }) }),
    onSuccess: (report) => {
      onCreated(report);
      onClose();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Stack gap="md">
        <Checkbox.Group
          label="Experiments"
          value={ids}
          onChange={(chosen) => setIds(experiments.flatMap(({ id }) => (chosen.includes(id) ? [id] : [])))}
        >
          <ScrollArea.Autosize mah={280} mt={6} type="auto" viewportProps={{ tabIndex: 0 }}>
            <Stack gap={8}>
              {experiments.map(({ id, name, createdAtMs, deviceName }) => (
                <Checkbox
                  key={id}
                  value={id}
                  label={isolateName(name)}
                  description={
                    <Text span size="xs">
                      {formatDateTime(createdAtMs)} · {deviceName}
                    </Text>
                  }
                />
              ))}
            </Stack>
          </ScrollArea.Autosize>
        </Checkbox.Group>
        <Group grow align="flex-start">
          <TextInput
            label="Title"
            placeholder="May be left empty"
            maxLength={160}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <FormatSelect label="Format" value={format} onChange={setFormat} />
        </Group>
        {create.error ? <ErrorMessage error={create.error} title="The report was not made" /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={create.isPending} disabled={ids.length === 0}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
