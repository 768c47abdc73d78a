import { Button, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconPackageImport, IconSearch, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Model } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { orpc } from '../../api/client.ts';
import { cancelImports, useIsImporting } from '../../api/use-import-models.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorMessage } from '../../components/error-message.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { filesOf } from './dropped-files.ts';
import { DatasetsCard } from './datasets-card.tsx';
import { ModelCard } from './model-card.tsx';
import { RefusedFiles } from './refused-files.tsx';
import { useModelImport } from './use-model-import.ts';
import { isOriginal } from './variant-text.ts';

/** From so many models on, finding one by name is faster than looking for it. */
const MANY_MODELS = 6;

export function LibraryView() {
  const models = useQuery(orpc.models.list.queryOptions());
  const quality = useQuery(orpc.quality.list.queryOptions());
  const { importFiles, pickAndImport } = useModelImport();
  const isImporting = useIsImporting();
  const [sought, setSought] = useState('');
  const all = models.data ?? [];
  const shown = all.filter(({ name, variants }) =>
    [name, ...variants.map((variant) => variant.name)].some((text) =>
      text.toLowerCase().includes(sought.trim().toLowerCase()),
    ),
  );

  return (
    <>
      <PageHeader
        title="Library"
        description={models.data ? describe(models.data) : models.isLoading ? 'Reading the library…' : ''}
      >
        {all.length >= MANY_MODELS ? (
          <TextInput
            aria-label="Find a model"
            placeholder="Find a model"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={sought}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
        ) : null}
        {isImporting ? (
          <Button variant="default" onClick={cancelImports}>
            Cancel import
          </Button>
        ) : null}
        <Button leftSection={<IconPackageImport size={15} aria-hidden />} loading={isImporting} onClick={pickAndImport}>
          Import model
        </Button>
      </PageHeader>
      {models.error ? <ErrorMessage error={models.error} title="The library could not be read" /> : null}
      {models.isLoading ? <Skeleton h={320} aria-label="Reading the library" /> : null}
      {models.data && all.length === 0 ? (
        <EmptyState
          title="The library is empty"
          description="Import an ONNX model, or drop one here, to look into it, compress it and measure it."
          icon={IconPackageImport}
        />
      ) : null}
      <Stack gap="md">
        <RefusedFiles />
        {shown.map((model) => (
          <ModelCard key={model.id} model={model} quality={quality.data ?? []} />
        ))}
        {all.length > 0 && shown.length === 0 ? <Text c="dimmed">No model goes by “{sought.trim()}”.</Text> : null}
        <DatasetsCard />
      </Stack>
      <Dropzone.FullScreen
        onDrop={importFiles}
        getFilesFromEvent={async (event) => filesOf(event)}
        aria-label="Drop models to import them"
      >
        <Group justify="center" mih="70vh" gap="sm" style={{ pointerEvents: 'none' }}>
          <IconUpload size={36} stroke={1.3} aria-hidden />
          <div>
            <Text size="lg" fw={600}>
              Drop to import
            </Text>
            <Text c="dimmed">ONNX models, with their external data beside them</Text>
          </div>
        </Group>
      </Dropzone.FullScreen>
    </>
  );
}

function describe(models: readonly Model[]): string {
  const madeCount = models.reduce(
    (sum, { variants }) => sum + variants.filter((variant) => !isOriginal(variant)).length,
    0,
  );
  const made = madeCount === 0 ? 'not compressed yet' : `${countText(madeCount, 'variant')} made from them`;
  return `${countText(models.length, 'model')}, ${made}. Drop .onnx files anywhere to add more.`;
}
