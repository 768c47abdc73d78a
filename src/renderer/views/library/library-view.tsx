import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconPackageImport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Model } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { orpc } from '../../api/client.ts';
import { cancelImports, useIsImporting } from '../../api/use-import-models.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorMessage } from '../../components/error-message.tsx';
import { FindField } from '../../components/find-field.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { DatasetsCard } from './datasets-card.tsx';
import { ModelCard } from './model-card.tsx';
import { RefusedFiles } from './refused-files.tsx';
import { useModelImport } from './use-model-import.ts';
import { isOriginal, ownNewestFirst } from './variant-text.ts';

/** From so many models on, finding one by name is faster than looking for it. */
const MANY_MODELS = 6;

export function LibraryView() {
  const models = useQuery(orpc.models.list.queryOptions());
  const quality = useQuery(orpc.quality.list.queryOptions());
  const { pickAndImport } = useModelImport();
  const isImporting = useIsImporting();
  const [sought, setSought] = useState('');
  const all = (models.data ?? []).toSorted(ownNewestFirst);
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
        {all.length >= MANY_MODELS ? <FindField label="Find a model" value={sought} onChange={setSought} /> : null}
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
          description="Import an ONNX model, or drop one or its folder here, to look into it, compress it and measure it."
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
    </>
  );
}

function describe(models: readonly Model[]): string {
  const madeCount = models.reduce(
    (sum, { variants }) => sum + variants.filter((variant) => !isOriginal(variant)).length,
    0,
  );
  const made = madeCount === 0 ? 'not compressed yet' : `${countText(madeCount, 'variant')} made from them`;
  return `${countText(models.length, 'model')}, ${made}. Drop .onnx files, or a folder of them, anywhere to add more.`;
}
