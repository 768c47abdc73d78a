import { Text } from '@mantine/core';
import type { ResultRow } from '#shared/answer/result-row.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { isolateName } from '#shared/text/name-text.ts';

/** Which run what follows is of. */
export function RunTitle({ row: { number, run } }: { row: Pick<ResultRow, 'number' | 'run'> }) {
  return (
    <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
      #{number} {isolateName(run.model.name)}{' '}
      <Text span size="xs" c="dimmed">
        {conditionText(run)}
      </Text>
    </Text>
  );
}
