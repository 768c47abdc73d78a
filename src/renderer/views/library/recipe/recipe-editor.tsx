import { ActionIcon, Button, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDeviceFloppy, IconDownload, IconTrash, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { parseRecipe } from '#shared/parse-recipe.ts';
import type { PassDescriptor } from '#shared/recipe.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { client } from '../../../api/client.ts';
import { host } from '../../../api/host.ts';
import { pickFiles } from '../../../api/pick-files.ts';
import { ErrorMessage } from '../../../components/error-message.tsx';
import { SettingsForm } from '../../../components/settings-form.tsx';
import { showDone } from '../../../components/undo-notice.tsx';
import { changeSetting, draftOf, moveStep, newStep, type RecipeDraft, recipeOf, removeStep } from './recipe-draft.ts';

/** A recipe of one's own: passes in order, each with its settings. */
export function RecipeEditor(props: {
  passes: readonly PassDescriptor[];
  /** Names that saved recipes have. */
  savedNames: readonly string[];
  draft: RecipeDraft;
  onChange: (draft: RecipeDraft) => void;
  /** Of what was entered something is lost: the message says what. */
  onReplace: (draft: RecipeDraft, message: string) => void;
}) {
  const { passes, savedNames, draft, onChange, onReplace } = props;
  const isKnown = savedNames.some((name) => name.toLowerCase() === draft.name.trim().toLowerCase());
  const [error, setError] = useState<unknown>(null);
  const titleOf = (pass: string): string => passes.find((known) => known.pass === pass)?.title ?? pass;

  const importRecipe = async (): Promise<void> => {
    setError(null);
    try {
      const [file] = await pickFiles({ accept: '.json', areMany: false });
      if (file === undefined) return;
      const imported = parseRecipe(await file.text(), file.name);
      onReplace(
        draftOf(imported, passes),
        `The recipe ${quoteName(draft.name)} gave way to ${quoteName(imported.name)}.`,
      );
    } catch (caught) {
      setError(caught);
    }
  };
  const saveRecipe = async (): Promise<void> => {
    setError(null);
    try {
      const { name } = await client.recipes.save({ recipe: recipeOf(draft), replace: isKnown });
      showDone(`The recipe ${quoteName(name)} is kept in the library.`);
    } catch (caught) {
      setError(caught);
    }
  };
  const exportRecipe = async (): Promise<void> => {
    setError(null);
    try {
      const recipe = recipeOf(draft);
      await host.saveText(`${JSON.stringify(recipe, null, 2)}\n`, `${recipe.name}.recipe.json`);
    } catch (caught) {
      setError(caught);
    }
  };

  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end">
        <TextInput
          label="Name of the recipe"
          value={draft.name}
          maxLength={80}
          onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
        />
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={<IconUpload size={14} aria-hidden />}
            onClick={() => void importRecipe()}
          >
            Import recipe…
          </Button>
          <Button
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden />}
            onClick={() => void exportRecipe()}
          >
            Export recipe…
          </Button>
          <Button
            variant="default"
            leftSection={<IconDeviceFloppy size={14} aria-hidden />}
            onClick={() => void saveRecipe()}
          >
            {isKnown ? 'Replace the saved recipe' : 'Save recipe'}
          </Button>
        </Group>
      </Group>
      {error === null ? null : <ErrorMessage error={error} />}
      {draft.steps.map((step, index) => {
        const descriptor = passes.find((known) => known.pass === step.pass);
        const name = titleOf(step.pass);
        return (
          <Paper key={step.key} withBorder p="sm">
            <Group justify="space-between" wrap="nowrap" mb="xs">
              <Title order={3}>
                {index + 1}. {name}
              </Title>
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  color="gray"
                  aria-label={`Move ${name} up`}
                  disabled={index === 0}
                  onClick={() => onChange(moveStep(draft, index, -1))}
                >
                  <IconArrowUp size={15} />
                </ActionIcon>
                <ActionIcon
                  color="gray"
                  aria-label={`Move ${name} down`}
                  disabled={index === draft.steps.length - 1}
                  onClick={() => onChange(moveStep(draft, index, 1))}
                >
                  <IconArrowDown size={15} />
                </ActionIcon>
                <ActionIcon
                  color="gray"
                  aria-label={`Remove ${name}`}
                  onClick={() =>
                    onReplace(removeStep(draft, index), `The pass ${quoteName(name)} was removed, with its settings.`)
                  }
                >
                  <IconTrash size={15} />
                </ActionIcon>
              </Group>
            </Group>
            {descriptor ? (
              <>
                <Text c="dimmed" mb="sm">
                  {descriptor.summary}
                </Text>
                <SettingsForm
                  schema={descriptor.settingsSchema}
                  settings={step.settings}
                  onChange={(settings) => onChange(changeSetting(draft, index, settings))}
                />
              </>
            ) : (
              <Text>This Whittle has no pass “{step.pass}”. Remove it, or take a newer Whittle.</Text>
            )}
          </Paper>
        );
      })}
      <Select
        label={draft.steps.length === 0 ? 'First pass' : 'Add another pass'}
        description="Passes are applied in this order."
        placeholder="Choose a pass"
        data={passes.map(({ pass, title }) => ({ value: pass, label: title }))}
        value={null}
        onChange={(pass) => {
          if (pass !== null) onChange({ ...draft, steps: [...draft.steps, newStep(pass, passes)] });
        }}
        renderOption={({ option }) => (
          <div>
            <Text>{option.label}</Text>
            <Text size="xs" c="dimmed">
              {passes.find(({ pass }) => pass === option.value)?.goodFor}
            </Text>
          </div>
        )}
      />
    </Stack>
  );
}
