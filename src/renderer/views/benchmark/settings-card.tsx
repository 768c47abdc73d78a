import { Button, Collapse, Group, NumberInput, SimpleGrid, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Device } from '#shared/device.ts';
import type { Variant } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { LatencyBoundFields } from '../../components/latency-bound-fields.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { AdvancedSettings, changeCountOf } from './advanced-settings.tsx';
import { DEFAULT_THREADS, openDimensions, parseBatch, parseThreads, type PlanDraft } from './plan-draft.ts';
import { budgetFor } from './plan-forecast.ts';

type Change = (changes: Partial<PlanDraft>) => void;

const BATCH_SUGGESTIONS = ['1', '2', '4', '8', '16', '32', '64'];

/** How long is measured, and under which settings. */
export function SettingsCard(props: {
  draft: PlanDraft;
  variants: readonly Variant[];
  device: Device | undefined;
  onChange: Change;
}) {
  const { draft, variants, device, onChange } = props;
  const [isOpen, setIsOpen] = useState(false);
  const dimensions = openDimensions(variants);
  const changed = changeCountOf(draft);
  const wanted = budgetFor(draft);
  return (
    <SectionCard title="Settings" description="Every combination of the values below is a case of its own.">
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" style={{ alignItems: 'end' }}>
          <TagsInput
            size="xs"
            label="Threads"
            description="Inside one operator; “default” is one per physical core"
            data={threadSuggestions(device)}
            value={draft.threads}
            error={draft.threads.some((text) => parseThreads(text) === null)}
            isDuplicate={(tag, tags) => tags.some((known) => parseThreads(known) === parseThreads(tag))}
            onChange={(threads) => onChange({ threads })}
            acceptValueOnBlur
          />
          <TagsInput
            size="xs"
            label="Batch sizes"
            description="Items per inference call"
            data={BATCH_SUGGESTIONS}
            value={draft.batches}
            error={draft.batches.some((text) => parseBatch(text) === null)}
            isDuplicate={(tag, tags) => tags.some((known) => parseBatch(known) === parseBatch(tag))}
            onChange={(batches) => onChange({ batches })}
            acceptValueOnBlur
          />
          <NumberInput
            label="Measuring time"
            description="Shared by all cases, loading excluded"
            suffix=" s"
            min={1}
            max={86_400}
            step={10}
            decimalScale={0}
            allowNegative={false}
            value={draft.timeBudgetSeconds ?? ''}
            onChange={(value) => onChange({ timeBudgetSeconds: typeof value === 'number' ? value : null })}
          />
          <TextInput
            label="Name"
            description="May be left empty"
            maxLength={120}
            value={draft.name}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
          <LatencyBoundFields
            bound={draft.latencyBound}
            onChange={(latencyBound) => onChange({ latencyBound })}
            hasLabels
          />
        </SimpleGrid>
        {draft.timeBudgetSeconds !== null && draft.timeBudgetSeconds < wanted ? (
          <Button
            variant="light"
            style={{ alignSelf: 'flex-start' }}
            onClick={() => onChange({ timeBudgetSeconds: wanted })}
          >
            Measure {wanted} s: 5 s for each case
          </Button>
        ) : null}
        {dimensions.length > 0 ? <Dimensions names={dimensions} draft={draft} onChange={onChange} /> : null}
        <Switch
          label="Find out where each node ran"
          description="In a profiled pass of its own after measuring, so that it does not disturb the times"
          checked={draft.profile}
          onChange={(event) => onChange({ profile: event.currentTarget.checked })}
        />
        <Group gap="xs">
          <Button variant="subtle" size="compact-xs" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            {isOpen ? 'Hide' : 'Show'} advanced settings
            {changed > 0 ? ` (${countText(changed, 'change')})` : ''}
          </Button>
        </Group>
        <Collapse expanded={isOpen}>
          <AdvancedSettings draft={draft} onChange={onChange} />
        </Collapse>
      </Stack>
    </SectionCard>
  );
}

function Dimensions({ names, draft, onChange }: { names: readonly string[]; draft: PlanDraft; onChange: Change }) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      {names.map((name) => (
        <NumberInput
          key={name}
          label={`Dimension “${name}”`}
          description="The models leave it open; empty takes a usual value"
          min={1}
          decimalScale={0}
          allowNegative={false}
          value={draft.dimensions[name] ?? ''}
          onChange={(value) =>
            onChange({
              dimensions: { ...draft.dimensions, [name]: typeof value === 'number' && value >= 1 ? value : null },
            })
          }
        />
      ))}
    </SimpleGrid>
  );
}

function threadSuggestions(device: Device | undefined): string[] {
  const cores = Math.max(1, Math.ceil(device?.cpu.usableCores ?? 8));
  const powers = [1, 2, 4, 8, 16, 32, 64].filter((count) => count < cores);
  return [DEFAULT_THREADS, ...powers.map(String), String(cores)];
}
