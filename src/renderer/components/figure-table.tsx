import { Table } from '@mantine/core';

/** A table of texts that is written elsewhere, the same as in reports: figures at the right, and nothing in it broken but names. */
export function FigureTable(props: {
  /** What it shows, for those who do not see it. */
  label: string;
  table: {
    columns: readonly { title: string; unit?: string; isNumber?: boolean }[];
    rows: readonly (readonly string[])[];
  };
  minWidth?: number;
  fz?: 'xs' | 'sm';
  /** Long names break instead of making it wider. */
  wraps?: boolean;
}) {
  const { columns, rows } = props.table;
  const styleOf = (isNumber: boolean | undefined) =>
    props.wraps === true && isNumber !== true
      ? ({ overflowWrap: 'anywhere' } as const)
      : ({ whiteSpace: 'nowrap' } as const);
  return (
    <Table.ScrollContainer minWidth={props.minWidth ?? 0} type="native">
      <Table
        aria-label={props.label}
        fz={props.fz ?? 'sm'}
        verticalSpacing={4}
        horizontalSpacing={6}
        style={{ fontVariantNumeric: 'tabular-nums' }}
      >
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title, unit, isNumber }, index) => (
              // Two columns may have one title, and their places do not change.
              <Table.Th key={`${index} ${title}`} ta={isNumber ? 'right' : 'left'} style={{ whiteSpace: 'nowrap' }}>
                {unit === undefined ? title : `${title}, ${unit}`}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((cells, row) => (
            <Table.Tr key={`${row} ${cells[0]}`}>
              {cells.map((cell, index) => (
                <Table.Td
                  key={`${index} ${columns[index]?.title}`}
                  ta={columns[index]?.isNumber ? 'right' : 'left'}
                  style={styleOf(columns[index]?.isNumber)}
                >
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
