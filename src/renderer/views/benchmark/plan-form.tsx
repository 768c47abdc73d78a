import { Alert, Button, List, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPlay } from '@tabler/icons-react';
import { useHotkeys } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Device } from '#shared/device.ts';
import type { Model } from '#shared/model.ts';
import type { ProviderStatus } from '#shared/provider.ts';
import { client, orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { shortcutText } from '../../components/shortcut-text.ts';
import { showUndo } from '../../components/undo-notice.tsx';
import { InputsCard } from './inputs-card.tsx';
import { keptPlan } from './kept-plan.ts';
import { createDraft, findObstacles, type PlanDraft, toPlan } from './plan-draft.ts';
import { casesText, durationText, foresee } from './plan-forecast.ts';
import { PreflightCard } from './preflight-card.tsx';
import { ProviderPicker } from './provider-picker.tsx';
import { ScenariosCard } from './scenarios-card.tsx';
import { SettingsCard } from './settings-card.tsx';
import { VariantPicker } from './variant-picker.tsx';

/** What is measured, and the button that starts it. `children` stand between the two. */
export function PlanForm(props: {
  models: readonly Model[];
  providers: readonly ProviderStatus[];
  device: Device | undefined;
  requestedIds: readonly string[];
  onStarted: (experimentId: string) => void;
  children: ReactNode;
}) {
  const { models, providers, device, requestedIds, onStarted } = props;
  const [begun] = useState(() => keptPlan.find(requestedIds));
  const fresh = (ids: readonly string[]): PlanDraft => createDraft({ models, providers, requestedIds: ids });
  const [changes, setChanges] = useState(begun.changes);
  const [entered, setDraft] = useState(() => ({ ...fresh(begun.requestedIds), ...begun.changes }));
  const descriptors = useQuery(orpc.devices.providerOptions.queryOptions());
  const start = useMutation({
    mutationFn: (draft: PlanDraft) => client.experiments.start(toPlan(draft)),
    onSuccess: ({ experimentId }) => onStarted(experimentId),
  });
  // What was removed from the library since is left out.
  const variants = models.flatMap((model) => model.variants);
  const draft = {
    ...entered,
    variantIds: entered.variantIds.filter((id) => variants.some((known) => known.id === id)),
  };
  const chosen = draft.variantIds.flatMap((id) => variants.find((known) => known.id === id) ?? []);
  const obstacles = findObstacles(draft);
  useHotkeys(
    [['mod+Enter', () => (obstacles.length === 0 && !start.isPending ? start.mutate(draft) : undefined)]],
    [],
    true,
  );
  const warnings = obstacles.length > 0 ? [] : foresee(draft, { variants: chosen, device });
  const change = (added: Partial<PlanDraft>): void => {
    setDraft({ ...draft, ...added });
    setChanges({ ...changes, ...added });
    keptPlan.keep({ requestedIds: begun.requestedIds, changes: { ...changes, ...added } });
  };
  const startOver = (): void => {
    setDraft(fresh(requestedIds));
    setChanges({});
    keptPlan.forget();
    showUndo('The plan is as it was suggested.', async () => change(entered));
  };

  return (
    <>
      <PageHeader
        title="Benchmark"
        description={obstacles.length > 0 ? 'Measure models side by side.' : <Summary draft={draft} device={device} />}
      >
        {Object.keys(changes).length === 0 ? null : (
          <Button size="sm" variant="subtle" onClick={startOver}>
            Start over
          </Button>
        )}
        <Button
          size="sm"
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          disabled={obstacles.length > 0}
          loading={start.isPending}
          title={`Start benchmark (${shortcutText('Enter')})`}
          onClick={() => start.mutate(draft)}
        >
          Start benchmark
        </Button>
      </PageHeader>
      <Stack gap="md">
        {start.error ? <ErrorMessage error={start.error} title="The experiment was not started" /> : null}
        {props.children}
        <Sentences sentences={obstacles.length > 0 ? obstacles : warnings} isObstacle={obstacles.length > 0} />
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: 'start' }}>
          <Stack gap="md">
            <VariantPicker models={models} draft={draft} onChange={(variantIds) => change({ variantIds })} />
            <InputsCard
              inputs={draft.inputs}
              plan={obstacles.length === 0 ? toPlan(draft) : null}
              onChange={(inputs) => change({ inputs })}
            />
            {obstacles.length === 0 ? <PreflightCard plan={toPlan(draft)} /> : null}
          </Stack>
          <Stack gap="md">
            <ProviderPicker
              providers={providers}
              chosen={draft.providers}
              descriptors={descriptors.data ?? []}
              options={draft.providerOptions}
              onOptions={(id, sets) => change({ providerOptions: { ...draft.providerOptions, [id]: sets } })}
              onChange={(chosenIds) => change({ providers: chosenIds })}
            />
            <SettingsCard draft={draft} variants={chosen} device={device} onChange={change} />
            <ScenariosCard chosen={draft.scenarios} onChange={(scenarios) => change({ scenarios })} />
          </Stack>
        </SimpleGrid>
      </Stack>
    </>
  );
}

function Summary({ draft, device }: { draft: PlanDraft; device: Device | undefined }) {
  return (
    <span aria-live="polite">
      {casesText(draft)}. {durationText(draft, device)}; longer for large models and slow providers.
    </span>
  );
}

function Sentences({ sentences, isObstacle }: { sentences: readonly string[]; isObstacle: boolean }) {
  if (sentences.length === 0) return null;
  return (
    <Alert
      color={isObstacle ? 'red' : 'yellow'}
      icon={<IconAlertTriangle aria-hidden />}
      p="xs"
      role="status"
      title={isObstacle ? 'Before it can be started' : undefined}
    >
      {sentences.length === 1 ? (
        <Text>{sentences[0]}</Text>
      ) : (
        <List size="sm">
          {sentences.map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
