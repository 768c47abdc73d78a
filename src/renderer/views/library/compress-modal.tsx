import { Button, Group, Modal, Paper, Radio, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Model } from '#shared/model.ts';
import type { PassDescriptor, Preset, Recipe } from '#shared/recipe.ts';
import { client, orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import classes from './compress-modal.module.css';
import { DataSelect } from './data-select.tsx';
import { draftOf, emptyDraft, recipeOf } from './recipe/recipe-draft.ts';
import { RecipeEditor } from './recipe/recipe-editor.tsx';

const CUSTOM = 'custom';

/** Chooses what is done to a variant, and starts the job. */
export function CompressModal(props: {
  model: Model;
  /** What is compressed to begin with. */
  variantId: string;
  isOpen: boolean;
  onClose: () => void;
  onStarted: (jobId: string) => void;
}) {
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={`Compress ${props.model.name}`}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {/* Only while it is open, so that it always starts afresh. */}
      {props.isOpen ? <CompressForm {...props} /> : null}
    </Modal>
  );
}

function CompressForm(props: Parameters<typeof CompressModal>[0]) {
  const { model, onClose, onStarted } = props;
  const catalog = useQuery(orpc.recipes.catalog.queryOptions());
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [draft, setDraft] = useState(emptyDraft);
  const [parentId, setParentId] = useState(props.variantId);
  const [name, setName] = useState('');
  const [datasetId, setDatasetId] = useState<string | null>(null);
  const compress = useMutation({
    mutationFn: (recipe: () => Recipe) =>
      client.recipes.compress({
        variantId: parentId,
        recipe: recipe(),
        ...(name.trim() === '' ? {} : { name: name.trim() }),
        ...(datasetId === null ? {} : { datasetId }),
      }),
    onSuccess: ({ jobId }) => {
      onStarted(jobId);
      onClose();
    },
  });

  if (catalog.error) return <ErrorMessage error={catalog.error} title="The recipes could not be read" />;
  if (!catalog.data) return <Skeleton h={240} aria-label="Reading the recipes" />;
  const { passes, presets } = catalog.data;
  const selectedId = chosenId ?? presets[0]?.id ?? CUSTOM;
  const preset = presets.find(({ id }) => id === selectedId);
  const parent = model.variants.find(({ id }) => id === parentId);
  const recipeName = preset?.recipe.name ?? draft.name;

  return (
    <Stack gap="md">
      <Radio.Group value={selectedId} onChange={setChosenId} label="What to do" labelProps={{ mb: 6, fw: 600 }}>
        <div className={classes['presets']}>
          {presets.map((one) => (
            <PresetCard key={one.id} value={one.id} title={one.title} summary={one.summary} goodFor={one.goodFor} />
          ))}
          <PresetCard
            value={CUSTOM}
            title="Custom"
            summary="Choose the passes, their order and their settings yourself, or import a recipe."
            goodFor="When you know what the target needs."
          />
        </div>
      </Radio.Group>
      {preset ? (
        <PresetSteps
          preset={preset}
          passes={passes}
          onCustomize={() => {
            setDraft(draftOf(preset.recipe, passes));
            setChosenId(CUSTOM);
          }}
        />
      ) : (
        <RecipeEditor passes={passes} draft={draft} onChange={setDraft} />
      )}
      <Group grow align="flex-start">
        <Select
          label="From"
          description="What is compressed"
          data={model.variants.map((variant) => ({ value: variant.id, label: variant.name }))}
          value={parentId}
          allowDeselect={false}
          onChange={(id) => setParentId(id ?? props.variantId)}
        />
        <TextInput
          label="Name of the variant"
          description="May be left empty"
          placeholder={`${parent?.name ?? ''}.${recipeName}`}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Group>
      <DataSelect
        label="Data"
        description="To calibrate where a pass needs it, and to compare the outputs before and after."
        tiedFamily={model.datasetId}
        value={datasetId}
        onChange={setDatasetId}
      />
      {compress.error ? <ErrorMessage error={compress.error} /> : null}
      <Group justify="flex-end" gap="xs" className={classes['actions'] ?? ''}>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button
          loading={compress.isPending}
          onClick={() => compress.mutate(() => preset?.recipe ?? recipeOf(draft))}
          data-autofocus
        >
          Compress
        </Button>
      </Group>
    </Stack>
  );
}

function PresetCard(props: { value: string; title: string; summary: string; goodFor: string }) {
  return (
    <Radio.Card value={props.value} className={classes['preset'] ?? ''} aria-label={props.title}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Radio.Indicator size="xs" mt={2} />
        <div>
          <Text fw={600}>{props.title}</Text>
          <Text>{props.summary}</Text>
          <Text size="xs" c="dimmed" mt={4}>
            Good for: {props.goodFor}
          </Text>
        </div>
      </Group>
    </Radio.Card>
  );
}

/** What a preset consists of, and the way to change it. */
function PresetSteps(props: { preset: Preset; passes: readonly PassDescriptor[]; onCustomize: () => void }) {
  const { preset, passes } = props;
  return (
    <Paper withBorder py={6} px="sm">
      <Group justify="space-between" wrap="nowrap">
        <Text>
          {preset.recipe.passes
            .map(({ pass }) => passes.find((known) => known.pass === pass)?.title ?? pass)
            .join(', then ')}
        </Text>
        <Button variant="subtle" onClick={props.onCustomize}>
          Change the settings…
        </Button>
      </Group>
    </Paper>
  );
}
