import { Alert, Button, Group, Modal, Paper, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Model } from '#shared/model.ts';
import type { PassDescriptor, Recipe } from '#shared/recipe.ts';
import type { SuitabilityFacts } from '#shared/suitability/suitability.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { countText } from '#shared/text/number-text.ts';
import { client, orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import classes from './compress-modal.module.css';
import { DataSelect } from './data-select.tsx';
import { bestPreset, CUSTOM, RecipeChoice } from './recipe/recipe-choice.tsx';
import { draftOf, recipeOf } from './recipe/recipe-draft.ts';
import { RecipeEditor } from './recipe/recipe-editor.tsx';
import { useRecipeDraft } from './recipe/use-recipe-draft.ts';

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
      {/* Only while it is open, so that it starts afresh but for the recipe of one's own. */}
      {props.isOpen ? <CompressForm {...props} /> : null}
    </Modal>
  );
}

function CompressForm(props: Parameters<typeof CompressModal>[0]) {
  const { model, onClose, onStarted } = props;
  const catalog = useQuery(orpc.recipes.catalog.queryOptions());
  const saved = useQuery(orpc.recipes.list.queryOptions());
  const device = useQuery(orpc.devices.current.queryOptions());
  const queryClient = useQueryClient();
  // As far as they were tried when the dialog was opened: the order must not change under the pointer.
  const [providers] = useState(() => queryClient.getQueryData(orpc.devices.providers.queryKey()) ?? null);
  const { draft, wasLeftUnfinished, change, replace, undo, markUsed } = useRecipeDraft(model.id);
  const [chosenId, setChosenId] = useState<string | null>(wasLeftUnfinished ? CUSTOM : null);
  const [parentId, setParentId] = useState(props.variantId);
  const [name, setName] = useState('');
  const [datasetId, setDatasetId] = useState<string | null>(null);
  const [inputsPath, setInputsPath] = useState<string | null>(null);
  const compress = useMutation({
    mutationFn: ({ recipe }: { recipe: () => Recipe; isOwn: boolean }) =>
      client.recipes.compress({
        variantId: parentId,
        recipe: recipe(),
        ...(name.trim() === '' ? {} : { name: name.trim() }),
        ...(inputsPath !== null ? { inputsPath } : datasetId === null ? {} : { datasetId }),
      }),
    onSuccess: ({ jobId }, { isOwn }) => {
      if (isOwn) markUsed();
      onStarted(jobId);
      onClose();
    },
  });

  const error = catalog.error ?? saved.error;
  if (error) return <ErrorMessage error={error} title="The recipes could not be read" />;
  if (!catalog.data || !saved.data || device.isPending) return <Skeleton h={240} aria-label="Reading the recipes" />;
  const { passes, presets } = catalog.data;
  const parent = model.variants.find(({ id }) => id === parentId);
  const facts: SuitabilityFacts | null = device.data
    ? {
        cpu: device.data.cpu,
        usableProviders: providers?.filter(({ status }) => status === 'usable').map(({ id }) => id) ?? null,
        model: parent?.inspection ?? null,
        hasData: inputsPath !== null || datasetId !== null || model.datasetId !== null,
      }
    : null;
  const known = [...presets, ...saved.data].find(({ id }) => id === chosenId);
  const chosen = (chosenId === null ? bestPreset(presets, facts) : known)?.recipe;
  const recipeName = chosen?.name ?? draft.name;

  return (
    <Stack gap="md">
      {wasLeftUnfinished && chosen === undefined ? (
        <Alert p="xs">
          <Group justify="space-between" gap="sm">
            <Text flex="1 1 16rem">
              The recipe {quoteName(draft.name)} is as you left it, with{' '}
              {countText(draft.steps.length, 'pass', 'passes')}. It stands below under “Custom”.
            </Text>
            <Button variant="default" onClick={() => setChosenId(null)}>
              Take a suggestion instead
            </Button>
          </Group>
        </Alert>
      ) : null}
      <RecipeChoice
        presets={presets}
        saved={saved.data}
        facts={facts}
        chosenId={chosen ? chosenId : CUSTOM}
        onChoose={setChosenId}
      />
      {chosen ? (
        <RecipeSteps
          recipe={chosen}
          passes={passes}
          onCustomize={() => {
            replace(
              draftOf(chosen, passes),
              `The recipe ${quoteName(draft.name)} gave way to ${quoteName(chosen.name)}.`,
            );
            setChosenId(CUSTOM);
          }}
        />
      ) : (
        <RecipeEditor
          passes={passes}
          savedNames={saved.data.map((one) => one.name)}
          draft={draft}
          onChange={change}
          onReplace={replace}
        />
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
        file={{ path: inputsPath, onChange: setInputsPath }}
      />
      {compress.error ? <ErrorMessage error={compress.error} /> : null}
      <Group justify="flex-end" gap="xs" className={classes['actions'] ?? ''}>
        {/* Here, because notices lie under dialogs. */}
        {undo === null ? null : (
          <Group role="status" gap="xs" flex="1 1 16rem">
            <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
              {undo.message}
            </Text>
            <Button variant="light" size="compact-xs" onClick={undo.run}>
              Undo
            </Button>
          </Group>
        )}
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button
          loading={compress.isPending}
          disabled={inputsPath === null ? datasetId === '' : inputsPath === ''}
          onClick={() => compress.mutate({ recipe: () => chosen ?? recipeOf(draft), isOwn: chosen === undefined })}
          data-autofocus
        >
          Compress
        </Button>
      </Group>
    </Stack>
  );
}

/** What a recipe consists of, and the way to change it. */
function RecipeSteps(props: { recipe: Recipe; passes: readonly PassDescriptor[]; onCustomize: () => void }) {
  const { recipe, passes } = props;
  return (
    <Paper withBorder py={6} px="sm">
      <Group justify="space-between" wrap="nowrap">
        <Text>
          {recipe.passes.map(({ pass }) => passes.find((known) => known.pass === pass)?.title ?? pass).join(', then ')}
        </Text>
        <Button variant="subtle" onClick={props.onCustomize}>
          Change the settings…
        </Button>
      </Group>
    </Paper>
  );
}
