import { Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AlignedOperators } from '#shared/align-operators.ts';
import { formatCount, formatPercent } from '#shared/format.ts';
import type { Comparison } from '#shared/run.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import { operatorRows, scaleText } from '#shared/text/operator-text.ts';
import { alignedRows, alignedText } from '#shared/text/aligned-text.ts';
import { orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';

const MOST_OPERATORS = 8;
const MOST_LAYERS = 10;

/** Where the time of one inference call goes, by operator. */
export function OperatorsPart({ runId, comparison }: { runId: string; comparison: Comparison | null }) {
  const { data, error } = useQuery(orpc.runs.operators.queryOptions({ input: { runId } }));
  if (error) return <ErrorMessage error={error} title="Where its time goes could not be read" />;
  if (!data) return null;
  const { operators, aligned } = data;
  if (operators === null) return <Text c="dimmed">It was not profiled.</Text>;
  const scaled = scaleText(operators);
  return (
    <>
      <Table aria-label="Time by operator" style={{ fontVariantNumeric: 'tabular-nums' }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Operator</Table.Th>
            <Table.Th ta="right">Nodes</Table.Th>
            <Table.Th ta="right">ms</Table.Th>
            <Table.Th ta="right">Share</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {operatorRows(operators, MOST_OPERATORS).map(({ title, nodeCount, timeMs, share }) => (
            <Table.Tr key={title}>
              <Table.Td>{title}</Table.Td>
              <Table.Td ta="right">{nodeCount === null ? NOT_KNOWN : formatCount(nodeCount)}</Table.Td>
              <Table.Td ta="right">{msText(timeMs)}</Table.Td>
              <Table.Td ta="right">{share === null ? NOT_KNOWN : formatPercent(share)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {scaled === null ? null : (
        <Text size="xs" c="dimmed">
          {scaled}
        </Text>
      )}
      {aligned === null ? null : <AlignedTable aligned={aligned} comparison={comparison} />}
    </>
  );
}

function FigureCell({ children }: { children: string }) {
  return (
    <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
      {children}
    </Table.Td>
  );
}

function AlignedTable({ aligned, comparison }: { aligned: AlignedOperators; comparison: Comparison | null }) {
  return (
    <>
      <Title order={4} mt="sm">
        Beside its baseline, layer by layer
      </Title>
      <Table.ScrollContainer minWidth={540} type="native">
        <Table
          aria-label="Beside its baseline, layer by layer"
          fz="xs"
          verticalSpacing={4}
          horizontalSpacing={6}
          style={{ fontVariantNumeric: 'tabular-nums' }}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="28%">Layer</Table.Th>
              <Table.Th>Baseline</Table.Th>
              <Table.Th ta="right">ms</Table.Th>
              <Table.Th>This run</Table.Th>
              <Table.Th ta="right">ms</Table.Th>
              <Table.Th ta="right">Change, ms</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {alignedRows(aligned, MOST_LAYERS).map((row, index) => (
              // Layers of one name are told apart by their place, which does not change.
              <Table.Tr key={`${index} ${row.layer}`}>
                <Table.Td miw="8rem" style={{ overflowWrap: 'anywhere' }}>
                  {isolateName(row.layer)}
                </Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{row.original}</Table.Td>
                <FigureCell>{msText(row.originalMs)}</FigureCell>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{row.compressed}</Table.Td>
                <FigureCell>{msText(row.compressedMs)}</FigureCell>
                <FigureCell>{row.change}</FigureCell>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed">
        {alignedText(aligned, comparison)}
      </Text>
    </>
  );
}
