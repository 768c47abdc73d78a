import { Box, Stack, Switch } from '@mantine/core';
import { z } from 'zod';
import type { JsonObject } from '#shared/json.ts';
import { type ScenarioKind, scenarioPlanSchema } from '#shared/scenarios/scenario.ts';
import { scenarioTitles } from '#shared/text/scenario-text.ts';
import { SectionCard } from '../../components/section-card.tsx';
import { SettingsForm } from '../../components/settings-form.tsx';
import type { PlanDraft } from './plan-draft.ts';

const descriptions: Record<ScenarioKind, string> = {
  'single-stream':
    'One caller waits for each answer. It is taken from the samples that are measured anyway, and takes no time of its own.',
  'multi-stream': 'One caller asks for several items at once and waits for all of them.',
  offline:
    'All items are there at once: which batch and how many instances beside each other give the most throughput.',
  server:
    'Requests arrive at random, on their own: the highest rate at which nearly all are answered in time. Without a bound below, the latency bound of the settings counts; without that too, a multiple of the median.',
};

const scenarios = scenarioPlanSchema.options.map((option) => ({
  kind: option.shape.kind.value,
  schema: settingsSchema(z.toJSONSchema(option, { io: 'input' }) as JsonObject),
}));

/** Ways in which a model is asked in use, measured after everything else for each case. */
export function ScenariosCard(props: {
  chosen: PlanDraft['scenarios'];
  onChange: (scenarios: PlanDraft['scenarios']) => void;
}) {
  const { chosen, onChange } = props;
  return (
    <SectionCard
      title="Scenarios"
      description="Ways in which a model is asked in use, as MLPerf defines them; measured after the rest, for each case."
    >
      <Stack gap="sm">
        {scenarios.map(({ kind, schema }) => {
          const settings = chosen[kind];
          const { [kind]: _off, ...others } = chosen;
          return (
            <div key={kind}>
              <Switch
                label={scenarioTitles[kind]}
                description={descriptions[kind]}
                checked={settings !== undefined}
                onChange={(event) => onChange(event.currentTarget.checked ? { ...chosen, [kind]: {} } : others)}
              />
              {settings === undefined || Object.keys(schema['properties'] as JsonObject).length === 0 ? null : (
                <Box pl="lg" pt="xs">
                  <SettingsForm
                    schema={schema}
                    settings={settings}
                    onChange={(changed) => onChange({ ...chosen, [kind]: changed })}
                  />
                </Box>
              )}
            </div>
          );
        })}
      </Stack>
    </SectionCard>
  );
}

/** Without its kind, which is chosen by the switch. */
function settingsSchema(schema: JsonObject): JsonObject {
  const { kind: _kind, ...properties } = schema['properties'] as JsonObject;
  return { ...schema, properties };
}
