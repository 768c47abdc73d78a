import { Group, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core';
import type { Device, IsaExtension } from '#shared/device.ts';
import { extensionWords, missingExtensions } from './extension-words.ts';
import classes from './extension-chips.module.css';

/** The ISA extensions that matter for inference: those of this CPU, and those it has not. */
export function ExtensionChips({ cpu }: { cpu: Device['cpu'] }) {
  const missing = missingExtensions(cpu.architecture, cpu.extensions);
  if (cpu.extensions.length === 0) return <Text c="dimmed">Not known on this platform.</Text>;
  return (
    <Stack gap="sm">
      <Chips extensions={cpu.extensions} isPresent />
      {missing.length === 0 ? null : (
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            Not on this CPU
          </Text>
          <Chips extensions={missing} isPresent={false} />
        </div>
      )}
    </Stack>
  );
}

function Chips({ extensions, isPresent }: { extensions: readonly IsaExtension[]; isPresent: boolean }) {
  return (
    <Group gap={6} component="ul" className={classes['list'] ?? ''}>
      {extensions.map((extension) => (
        <li key={extension}>
          <Tooltip label={extensionWords[extension].words}>
            <UnstyledButton className={classes['chip'] ?? ''} data-present={isPresent}>
              {extension}
            </UnstyledButton>
          </Tooltip>
        </li>
      ))}
    </Group>
  );
}
