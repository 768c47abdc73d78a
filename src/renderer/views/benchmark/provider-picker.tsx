import { Anchor, Button, Checkbox, Collapse, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ProviderDescriptor, ProviderOptions } from '#shared/provider-options.ts';
import type { ProviderId, ProviderStatus } from '#shared/provider.ts';
import { countText } from '#shared/text/number-text.ts';
import { SectionCard } from '../../components/section-card.tsx';
import type { PlanDraft } from './plan-draft.ts';
import { hasOptions, ProviderOptionSets } from './provider-option-sets.tsx';

/** Which providers are measured on; those that do not work here say why. */
export function ProviderPicker(props: {
  providers: readonly ProviderStatus[];
  chosen: readonly ProviderId[];
  descriptors: readonly ProviderDescriptor[];
  options: PlanDraft['providerOptions'];
  onChange: (chosen: ProviderId[]) => void;
  onOptions: (id: ProviderId, sets: ProviderOptions[]) => void;
}) {
  const { providers, chosen, descriptors, options, onChange, onOptions } = props;
  const usable = providers.filter(({ status }) => status === 'usable');
  const others = providers.filter(({ status }) => status !== 'usable');
  const [isOpen, setIsOpen] = useState(usable.length === 0);
  return (
    <SectionCard
      title="Providers"
      description={
        usable.length === 0 ? (
          <>
            No provider works here.{' '}
            <Anchor component={Link} href="/devices" size="xs">
              Devices
            </Anchor>{' '}
            says what to do.
          </>
        ) : (
          `${countText(usable.length, 'provider works', 'providers work')} on this machine.`
        )
      }
    >
      <Checkbox.Group
        aria-label="Providers to measure on"
        value={[...chosen]}
        // In the order of the list, so that the plan does not depend on the order of clicks.
        onChange={(ids) => onChange(providers.flatMap(({ id }) => (ids.includes(id) ? [id] : [])))}
      >
        <Stack gap={8}>
          {usable.map((provider) => {
            const descriptor = descriptors.find(({ id }) => id === provider.id);
            return (
              <div key={provider.id}>
                <ProviderChoice provider={provider} />
                {descriptor && hasOptions(descriptor) && chosen.includes(provider.id) ? (
                  <ProviderOptionSets
                    descriptor={descriptor}
                    gpus={provider.gpus ?? []}
                    sets={options[provider.id] ?? []}
                    onChange={(sets) => onOptions(provider.id, sets)}
                  />
                ) : null}
              </div>
            );
          })}
          {others.length > 0 ? (
            <>
              <Button
                variant="subtle"
                size="compact-xs"
                style={{ alignSelf: 'flex-start' }}
                aria-expanded={isOpen}
                onClick={() => setIsOpen(!isOpen)}
              >
                {isOpen ? 'Hide' : 'Show'} {countText(others.length, 'provider')} that cannot be used here
              </Button>
              <Collapse expanded={isOpen}>
                <Stack gap={8}>
                  {others.map((provider) => (
                    <ProviderChoice key={provider.id} provider={provider} />
                  ))}
                </Stack>
              </Collapse>
            </>
          ) : null}
        </Stack>
      </Checkbox.Group>
    </SectionCard>
  );
}

function ProviderChoice({ provider }: { provider: ProviderStatus }) {
  const { id, title, status, reason, advice } = provider;
  return (
    <Checkbox
      value={id}
      disabled={status !== 'usable'}
      label={
        <>
          {title}{' '}
          <Text span size="xs" c="dimmed" className="mono">
            {id}
          </Text>
        </>
      }
      description={reason === null ? null : [reason, advice].filter(Boolean).join(' ')}
    />
  );
}
