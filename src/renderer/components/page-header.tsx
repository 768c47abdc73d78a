import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A view's title, one line about it, and its actions at the right. */
export function PageHeader(props: { title: string; description?: ReactNode; children?: ReactNode; above?: ReactNode }) {
  return (
    <Group justify="space-between" align="flex-start" gap="md" mb="md" wrap="wrap" component="header">
      <Stack gap={2} flex="1 1 20rem" miw={0}>
        {props.above === undefined ? null : <div data-screen-only>{props.above}</div>}
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {props.title}
        </Title>
        {props.description === undefined ? null : (
          <Text c="dimmed" component="div">
            {props.description}
          </Text>
        )}
      </Stack>
      {props.children === undefined ? null : (
        <Group gap="xs" data-screen-only>
          {props.children}
        </Group>
      )}
    </Group>
  );
}
