import { Button } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { ReportFormat } from '#shared/report.ts';
import { client } from '../../api/client.ts';
import { showFailure } from '../../components/undo-notice.tsx';
import { FormatSelect } from './format-select.tsx';

/**
 * Makes a report of these experiments, and shows it.
 * @param props.latencyBound instead of the plan's; null for none
 */
export function CreateReport(props: {
  ids: readonly string[];
  isDisabled: boolean;
  latencyBound?: LatencyBound | null;
}) {
  const { ids, isDisabled, latencyBound } = props;
  const [, navigate] = useLocation();
  const [format, setFormat] = useState<ReportFormat>('html');
  const create = useMutation({
    mutationFn: () => client.reports.create({ ids: [...ids], format, latencyBound }),
    onSuccess: ({ id }) => navigate(`/reports?report=${encodeURIComponent(id)}`),
    onError: (error) => showFailure(error, 'The report was not made'),
  });
  return (
    <>
      <FormatSelect value={format} onChange={setFormat} />
      <Button
        variant="default"
        leftSection={<IconFileText size={14} aria-hidden />}
        disabled={isDisabled}
        loading={create.isPending}
        onClick={() => create.mutate()}
      >
        Create report
      </Button>
    </>
  );
}
