import { Alert, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { countText } from '#shared/text/number-text.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { useLastRefusals } from '../../api/use-import-models.ts';
import { explainError } from '../../components/error-text.ts';

/** Why files were not imported, until the user has read it or imports again. */
export function RefusedFiles() {
  const last = useLastRefusals();
  const [readAtMs, setReadAtMs] = useState(0);
  if (last === null || last.refused.length === 0 || last.importedAtMs === readAtMs) return null;
  const [first] = last.refused;
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={
        last.refused.length === 1 && first
          ? `${quoteName(first.fileName)} was not imported`
          : `${countText(last.refused.length, 'file')} were not imported`
      }
      withCloseButton
      closeButtonLabel="Dismiss"
      onClose={() => setReadAtMs(last.importedAtMs)}
    >
      {last.refused.length === 1 && first ? (
        <Text style={{ overflowWrap: 'anywhere' }}>{explainError(first.error).message}</Text>
      ) : (
        <List size="sm">
          {last.refused.map(({ fileName, error }) => (
            <List.Item key={fileName}>
              {quoteName(fileName)}: {explainError(error).message}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
