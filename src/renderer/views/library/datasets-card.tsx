import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { formatCount } from '#shared/format.ts';
import { orpc } from '../../api/client.ts';
import { SectionCard } from '../../components/section-card.tsx';

/** The data that models can be evaluated on and calibrated with. */
export function DatasetsCard() {
  const datasets = useQuery(orpc.models.datasets.queryOptions());
  if (!datasets.data || datasets.data.length === 0) return null;
  return (
    <SectionCard title="Data" description="To evaluate on and to calibrate with." isFlush>
      <Table verticalSpacing={6} horizontalSpacing="sm" aria-label="Datasets">
        <Table.Tbody>
          {datasets.data.map(({ id, title, itemCount, hasLabels, classNames, itemShape, licence }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Text fw={500}>{title}</Text>
                <Text size="xs" c="dimmed" className="mono">
                  {id}
                </Text>
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                {formatCount(itemCount)} items of [{itemShape.join(', ')}]
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                {hasLabels ? `${classNames.length} classes` : 'no labels'}
              </Table.Td>
              <Table.Td c="dimmed">{licence ?? ''}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </SectionCard>
  );
}
