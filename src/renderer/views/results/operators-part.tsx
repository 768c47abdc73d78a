import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AlignedOperators } from '#shared/align-operators.ts';
import type { ResultRow } from '#shared/answer/result-row.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { alignedTable, operatorTable } from '#shared/text/operator-table.ts';
import { scaleText } from '#shared/text/operator-text.ts';
import { orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { FigureTable } from '../../components/figure-table.tsx';

const MOST_OPERATORS = 8;
const MOST_LAYERS = 10;

type About = Pick<ResultRow, 'number' | 'comparison'>;

/** Where the time of one inference call goes, by operator. */
export function OperatorsPart({ runId, about }: { runId: string; about: About }) {
  const { data, error } = useQuery(orpc.runs.operators.queryOptions({ input: { runId } }));
  if (error) return <ErrorMessage error={error} title="Where its time goes could not be read" />;
  if (!data) return null;
  const { operators, aligned } = data;
  if (operators === null) return <Text c="dimmed">It was not profiled.</Text>;
  const scaled = scaleText(operators);
  return (
    <>
      <FigureTable label="Time by operator" table={operatorTable(operators, MOST_OPERATORS)} wraps />
      {scaled === null ? null : (
        <Text size="xs" c="dimmed">
          {scaled}
        </Text>
      )}
      {aligned === null ? null : <LayersTable aligned={aligned} about={about} />}
    </>
  );
}

const LAYERS_TITLE = 'Beside its baseline, layer by layer';

function LayersTable({ aligned, about: { number, comparison } }: { aligned: AlignedOperators; about: About }) {
  const { table, text } = alignedTable(aligned, { runNumber: number, comparison, mostRows: MOST_LAYERS });
  return (
    <>
      <Title order={4} mt="sm">
        {LAYERS_TITLE}
      </Title>
      {table === null ? null : (
        <FigureTable
          label={LAYERS_TITLE}
          table={{ ...table, rows: table.rows.map(([layer = '', ...cells]) => [isolateName(layer), ...cells]) }}
          minWidth={540}
          fz="xs"
          wraps
        />
      )}
      <Text size="xs" c="dimmed">
        {text}
      </Text>
    </>
  );
}
