import { Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReportFormat } from '#shared/report.ts';
import { orpc } from '../../api/client.ts';
import { obstacleOf, reportFormats } from './report-format.ts';

/** Chooses the format of a report; one that cannot be made here says why. */
export function FormatSelect(props: {
  value: ReportFormat;
  onChange: (format: ReportFormat) => void;
  /** Absent: named for those who do not see it only. */
  label?: string;
}) {
  const { value, onChange, label } = props;
  const info = useQuery(orpc.application.info.queryOptions());
  return (
    <Select
      {...(label === undefined ? { 'aria-label': 'Format of the report', w: 120 } : { label })}
      data={reportFormats.map(({ format, name }) => ({
        value: format,
        label: name,
        disabled: obstacleOf(format, info.data) !== null,
      }))}
      renderOption={({ option }) => {
        const known = reportFormats.find(({ format }) => format === option.value);
        return (
          <div>
            <Text size="sm" c={option.disabled ? 'dimmed' : ''}>
              {option.label}
              {option.disabled ? ' (not here)' : ''}
            </Text>
            <Text size="xs" c="dimmed">
              {(known && obstacleOf(known.format, info.data)) ?? known?.about}
            </Text>
          </div>
        );
      }}
      maxDropdownHeight={340}
      // The reason why a format is disabled must be legible.
      styles={{ option: { opacity: 1 } }}
      comboboxProps={{ width: 300, position: 'bottom-end' }}
      allowDeselect={false}
      value={value}
      onChange={(chosen) => {
        const known = reportFormats.find(({ format }) => format === chosen);
        if (known) onChange(known.format);
      }}
    />
  );
}
