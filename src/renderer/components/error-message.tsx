import { Alert, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { errorTitle, explainError } from './error-text.ts';

/** What failed, in a sentence, with the way out as `children`. */
export function ErrorMessage(props: { error: unknown; title?: string; children?: ReactNode }) {
  const { kind, message } = explainError(props.error);
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={props.title ?? errorTitle(kind)} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>{message}</Text>
        {props.children === undefined ? null : <Group gap="xs">{props.children}</Group>}
      </Stack>
    </Alert>
  );
}
