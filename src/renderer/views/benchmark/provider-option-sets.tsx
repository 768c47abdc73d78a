import { Button, Collapse, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { GpuBinding } from '#shared/gpu-binding.ts';
import type { JsonObject } from '#shared/json.ts';
import type { ProviderDescriptor, ProviderOptions } from '#shared/provider-options.ts';
import { optionsText } from '#shared/text/case-text.ts';
import { SettingsForm } from '../../components/settings-form.tsx';

const MOST_SETS = 16;

/** The options of a provider that is measured on: one set, or several beside each other. */
export function ProviderOptionSets(props: {
  descriptor: ProviderDescriptor;
  sets: readonly ProviderOptions[];
  /** Which GPU each number means, where that is known. */
  gpus: readonly GpuBinding[];
  onChange: (sets: ProviderOptions[]) => void;
}) {
  const { descriptor, sets, onChange } = props;
  const [isOpen, setIsOpen] = useState(false);
  const shown = sets.length === 0 ? [{}] : sets;
  const isChanged = shown.length > 1 || Object.keys(shown[0] ?? {}).length > 0;
  return (
    <div>
      <Button variant="subtle" size="compact-xs" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {isOpen ? 'Hide' : 'Show'} options of {descriptor.title}
        {isChanged ? ` (${shown.map(optionsText).join('; ')})` : ''}
      </Button>
      <Collapse expanded={isOpen}>
        <Stack gap="md" pt="xs" pl="xs">
          {shown.map((options, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a set is known by its place
            <Stack key={index} gap="sm">
              {shown.length > 1 ? (
                <Group justify="space-between">
                  <Text fw={600} size="sm">
                    Set {index + 1}
                  </Text>
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    onClick={() => onChange(shown.filter((_, other) => other !== index))}
                  >
                    Remove
                  </Button>
                </Group>
              ) : null}
              <SettingsForm
                schema={descriptor.optionsSchema}
                settings={options}
                onChange={(changed) =>
                  onChange(shown.map((other, at) => (at === index ? withoutDefaults(descriptor, changed) : other)))
                }
              />
            </Stack>
          ))}
          {props.gpus.map(({ deviceId, gpuName, gpuId, certainty }) => (
            <Text key={deviceId} size="xs">
              {deviceId === null ? 'It runs on' : `Device ${deviceId} is`} {gpuName}
              {gpuId === null ? '' : ` (${gpuId})`}, {certainty}.
            </Text>
          ))}
          {descriptor.notOffered === null ? null : (
            <Text size="xs" c="dimmed">
              {descriptor.notOffered}
            </Text>
          )}
          {shown.length < MOST_SETS ? (
            <Button
              variant="light"
              size="compact-sm"
              style={{ alignSelf: 'flex-start' }}
              onClick={() => onChange([...shown, {}])}
            >
              Measure another set beside {shown.length === 1 ? 'it' : 'them'}
            </Button>
          ) : null}
        </Stack>
      </Collapse>
    </div>
  );
}

export function hasOptions({ optionsSchema }: ProviderDescriptor): boolean {
  return Object.keys((optionsSchema['properties'] ?? {}) as JsonObject).length > 0;
}

/** Only what differs is kept, as in what is recorded. */
function withoutDefaults({ optionsSchema }: ProviderDescriptor, options: JsonObject): ProviderOptions {
  const properties = (optionsSchema['properties'] ?? {}) as Record<string, JsonObject>;
  const changed = Object.entries(options).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(properties[name]?.['default']),
  );
  return Object.fromEntries(changed) as ProviderOptions;
}
