import { Button, Table, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconSelector } from '@tabler/icons-react';
import {
  type ColumnDef,
  createSortedRowModel,
  rowSortingFeature,
  type SortDirection,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type MouseEvent, type ReactNode, useMemo, useState } from 'react';
import { countText } from '#shared/text/number-text.ts';
import { compareValues } from './compare-values.ts';
import { countShown } from './count-shown.ts';
import classes from './data-table.module.css';
import { useIsOnPaper } from './on-paper.tsx';

export type DataColumn<Row> = {
  id: string;
  header: string;
  /** What the column's name does not say, on hover. */
  hint?: string;
  cell: (row: Row) => ReactNode;
  /** Makes the column sortable; what is null comes last in either direction. */
  sortBy?: (row: Row) => number | string | null;
  /** Figures stand at the right. */
  isNumeric?: boolean;
  width?: string;
};

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

/** A table whose columns sort by click and by keyboard. `columns` and `rows` should keep their identity between renders. */
export function DataTable<Row extends object>(props: {
  /** What the table shows, for those who do not see it. */
  label: string;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  initialSort?: { id: string; isDescending: boolean };
  isSelected?: (row: Row) => boolean;
  onRowClick?: (row: Row) => void;
  /** Shows so many at first, of the order that is chosen, and the others on demand, or on paper. */
  fold?: { firstCount: number; noun: string };
}) {
  // The compiler cannot see that the table's methods answer differently after a change of its state.
  'use no memo';
  const { columns, rows, rowId, initialSort, isSelected, onRowClick, fold } = props;
  const [sorting, setSorting] = useState<SortingState>(
    initialSort ? [{ id: initialSort.id, desc: initialSort.isDescending }] : [],
  );
  const definitions = useMemo(() => columns.map(toDefinition), [columns]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowId,
    state: { sorting },
    onSortingChange: setSorting,
  });
  const [isOpen, setIsOpen] = useState(false);
  const isOnPaper = useIsOnPaper();
  const shownCount = fold && !isOpen && !isOnPaper ? countShown(rows.length, fold.firstCount) : rows.length;
  const restCount = rows.length - shownCount;
  const columnById = new Map(columns.map((column) => [column.id, column]));

  const shown = (
    <Table className={classes['table']} aria-label={props.label} verticalSpacing={6} horizontalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          {table.getFlatHeaders().map(({ id, column }) => {
            const about = columnById.get(id);
            const direction = column.getIsSorted();
            return (
              <Table.Th
                key={id}
                title={about?.hint}
                data-numeric={about?.isNumeric}
                w={about?.width}
                aria-sort={ariaSort(direction)}
              >
                {column.getCanSort() ? (
                  <UnstyledButton className={classes['sort']} onClick={() => column.toggleSorting()}>
                    {about?.header}
                    <SortSign direction={direction} />
                  </UnstyledButton>
                ) : (
                  about?.header
                )}
              </Table.Th>
            );
          })}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {table
          .getRowModel()
          .rows.slice(0, shownCount)
          .map(({ id, original }) => (
            <Table.Tr
              key={id}
              data-selected={isSelected?.(original)}
              data-clickable={onRowClick !== undefined}
              onClick={(event) => {
                if (!isOnControl(event)) onRowClick?.(original);
              }}
            >
              {columns.map((column) => (
                <Table.Td key={column.id} data-numeric={column.isNumeric}>
                  {column.cell(original)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
  if (restCount === 0) return shown;
  return (
    <>
      {shown}
      <Button variant="default" className={classes['more'] ?? ''} onClick={() => setIsOpen(true)}>
        Show {countText(restCount, `more ${fold?.noun ?? 'row'}`)}
      </Button>
    </>
  );
}

function toDefinition<Row extends object>(column: DataColumn<Row>): ColumnDef<typeof features, Row> {
  const { sortBy } = column;
  return {
    id: column.id,
    header: column.header,
    accessorFn: (row: Row) => sortBy?.(row) ?? undefined,
    enableSorting: sortBy !== undefined,
    sortUndefined: 'last',
    sortFn: (a, b) => compareValues(sortBy?.(a.original) ?? null, sortBy?.(b.original) ?? null),
  };
}

function ariaSort(direction: false | SortDirection): 'none' | 'ascending' | 'descending' {
  if (direction === false) return 'none';
  return direction === 'asc' ? 'ascending' : 'descending';
}

function SortSign({ direction }: { direction: false | SortDirection }) {
  const Glyph = direction === false ? IconSelector : direction === 'asc' ? IconChevronUp : IconChevronDown;
  return <Glyph size={13} stroke={2} aria-hidden opacity={direction === false ? 0.45 : 1} />;
}

/** A click on a button or link in a row is meant for it. */
function isOnControl(event: MouseEvent): boolean {
  return (event.target as Element).closest('a, button, input, label, [role="menuitem"]') !== null;
}
