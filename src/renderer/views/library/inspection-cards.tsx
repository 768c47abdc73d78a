import { SimpleGrid, Table, Text } from '@mantine/core';
import { useMemo } from 'react';
import { formatBytes, formatCount, formatShortCount } from '#shared/format.ts';
import type { ModelInspection, TensorInfo, Variant } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { type DataColumn, DataTable } from '../../components/data-table.tsx';
import { KeyValueList } from '../../components/key-value-list.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { GeneratedInputsCard } from './generated-inputs-card.tsx';
import classes from './inspection-cards.module.css';
import { tensorText } from './variant-text.ts';

/** What the file holds, read without running it. */
export function InspectionCards({ variant }: { variant: Variant }) {
  const { inspection } = variant;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <SectionCard title="Inside the file" description={variant.name}>
        <KeyValueList items={factsOf(variant)} />
      </SectionCard>
      <SectionCard title="Operators" description={`${countText(inspection.nodeCount, 'node')} in the graph`} isFlush>
        <OperatorsTable inspection={inspection} />
      </SectionCard>
      <SectionCard title="Inputs and outputs" isFlush>
        <TensorsTable inspection={inspection} />
      </SectionCard>
      <GeneratedInputsCard variant={variant} />
      <SectionCard title="Weights by type" isFlush>
        <WeightsTable inspection={inspection} />
      </SectionCard>
    </SimpleGrid>
  );
}

function factsOf({ inspection, path, id }: Variant) {
  const opsets = Object.entries(inspection.opsets).map(([domain, version]) => `${domain} ${version}`);
  return [
    { name: 'Parameters', value: formatCount(inspection.parameterCount) },
    {
      name: 'MACs',
      value:
        inspection.macs === null ? 'not known: shapes are missing' : `${formatShortCount(inspection.macs)} per item`,
    },
    { name: 'Opset', value: opsets.join(', ') },
    { name: 'IR version', value: String(inspection.irVersion) },
    { name: 'Made by', value: inspection.producer ?? 'not said' },
    ...(inspection.externalDataFiles.length === 0
      ? []
      : [{ name: 'Data files', value: inspection.externalDataFiles.join(', ') }]),
    { name: 'File', value: <span className="mono">{path}</span> },
    { name: 'SHA-256', value: <span className="mono">{id}</span> },
  ];
}

type Operator = { name: string; count: number };

const operatorColumns: readonly DataColumn<Operator>[] = [
  { id: 'name', header: 'Operator', sortBy: ({ name }) => name, cell: ({ name }) => name },
  {
    id: 'count',
    header: 'Nodes',
    isNumeric: true,
    sortBy: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
  },
];

function OperatorsTable({ inspection }: { inspection: ModelInspection }) {
  const rows = useMemo(
    () => Object.entries(inspection.operators).map(([name, count]) => ({ name, count })),
    [inspection],
  );
  return (
    <div className={classes['long']} tabIndex={0} role="group" aria-label="Operators, scrollable">
      <DataTable
        label="Operators"
        columns={operatorColumns}
        rows={rows}
        rowId={({ name }) => name}
        initialSort={{ id: 'count', isDescending: true }}
      />
    </div>
  );
}

function TensorsTable({ inspection }: { inspection: ModelInspection }) {
  const rows = [
    ...inspection.inputs.map((tensor) => ({ tensor, role: 'Input' })),
    ...inspection.outputs.map((tensor) => ({ tensor, role: 'Output' })),
  ];
  return (
    <Table verticalSpacing={6} horizontalSpacing="sm" aria-label="Inputs and outputs">
      <Table.Tbody>
        {rows.map(({ tensor, role }) => (
          <TensorRow key={`${role} ${tensor.name}`} tensor={tensor} role={role} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function TensorRow({ tensor, role }: { tensor: TensorInfo; role: string }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" w="5rem">
        <Text c="dimmed">{role}</Text>
      </Table.Th>
      <Table.Td className={classes['breakable'] ?? ''}>{tensor.name}</Table.Td>
      <Table.Td className="mono">{tensorText(tensor)}</Table.Td>
    </Table.Tr>
  );
}

function WeightsTable({ inspection }: { inspection: ModelInspection }) {
  const entries = Object.entries(inspection.bytesByDtype).toSorted(([, a], [, b]) => b - a);
  const totalBytes = entries.reduce((sum, [, bytes]) => sum + bytes, 0);
  return (
    <Table verticalSpacing={6} horizontalSpacing="sm" aria-label="Weights by type">
      <Table.Tbody>
        {entries.map(([dtype, bytes]) => (
          <Table.Tr key={dtype}>
            <Table.Th scope="row" w="7rem" className="mono" fw={400}>
              {dtype}
            </Table.Th>
            <Table.Td>
              <div
                className={classes['bar']}
                style={{ inlineSize: `${totalBytes > 0 ? (bytes / totalBytes) * 100 : 0}%` }}
              />
            </Table.Td>
            <Table.Td ta="right" w="6rem">
              {formatBytes(bytes)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
