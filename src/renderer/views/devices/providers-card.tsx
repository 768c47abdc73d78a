import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { formatDateTime, formatMs } from '#shared/format.ts';
import type { ProviderStatus } from '#shared/provider.ts';
import { client, orpc } from '../../api/client.ts';
import { type DataColumn, DataTable } from '../../components/data-table.tsx';
import { ErrorMessage } from '../../components/error-message.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { StatusBadge, type StatusTone } from '../../components/status-badge.tsx';

const statusWords: Record<ProviderStatus['status'], { word: string; tone: StatusTone; rank: number }> = {
  usable: { word: 'Usable', tone: 'good', rank: 0 },
  failing: { word: 'Failing', tone: 'bad', rank: 1 },
  unavailable: { word: 'Unavailable', tone: 'off', rank: 2 },
};

const columns: readonly DataColumn<ProviderStatus>[] = [
  {
    id: 'provider',
    header: 'Provider',
    width: '11rem',
    sortBy: ({ title }) => title,
    cell: ({ id, title }) => (
      <>
        <Text fw={600}>{title}</Text>
        <Text size="xs" c="dimmed" className="mono">
          {id}
        </Text>
      </>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    width: '8rem',
    sortBy: ({ status }) => statusWords[status].rank,
    cell: ({ status }) => <StatusBadge tone={statusWords[status].tone}>{statusWords[status].word}</StatusBadge>,
  },
  {
    id: 'reason',
    header: 'Why, and what to do',
    cell: ({ reason, advice, gpus = [] }) => (
      <>
        {reason === null ? null : <Text style={{ overflowWrap: 'anywhere' }}>{reason}</Text>}
        {advice === null ? null : <Text c={reason === null ? '' : 'dimmed'}>{advice}</Text>}
        {gpus.map(({ deviceId, gpuName, gpuId, certainty, evidence }) => (
          <Text key={deviceId} size="xs" c="dimmed">
            {deviceId === null ? 'Its GPU' : `Device ${deviceId}`} is {gpuName}
            {gpuId === null ? '' : ` (${gpuId})`}, {certainty}: {evidence}
          </Text>
        ))}
      </>
    ),
  },
  {
    id: 'probe',
    header: 'Probe',
    hint: 'How long it took to load and run a tiny model, in a process of its own, and when that was',
    isNumeric: true,
    width: '9rem',
    sortBy: ({ probeMs }) => probeMs,
    cell: ({ probeMs, probedAtMs }) => (
      <>
        {formatMs(probeMs)}
        {probedAtMs === null ? null : (
          <Text size="xs" c="dimmed">
            {formatDateTime(probedAtMs)}
          </Text>
        )}
      </>
    ),
  },
];

/** Every execution provider: whether a tiny model really ran on it here. */
export function ProvidersCard() {
  const queryClient = useQueryClient();
  const providers = useQuery(orpc.devices.providers.queryOptions());
  const probe = useMutation({
    mutationFn: () => client.devices.providers({ refresh: true }),
    onSuccess: (statuses) => queryClient.setQueryData(orpc.devices.providers.queryKey(), statuses),
  });
  const error = probe.error ?? providers.error;
  return (
    <SectionCard
      title="Execution providers"
      description="Usable means that a tiny model really ran on it here, in a process of its own, and gave the right answer. Tried anew when drivers or runtimes change."
      isFlush
      actions={
        <Button
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={probe.isPending || providers.isLoading}
          onClick={() => probe.mutate()}
        >
          Probe again
        </Button>
      }
    >
      {error ? <ErrorMessage error={error} /> : null}
      {providers.data ? (
        <DataTable
          label="Execution providers"
          columns={columns}
          rows={providers.data}
          rowId={({ id }) => id}
          initialSort={{ id: 'status', isDescending: false }}
        />
      ) : providers.isLoading ? (
        <Stack gap="xs" p="sm" aria-label="Probing the providers" aria-busy>
          {Array.from({ length: 4 }, (_, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- these never change
            <Skeleton key={index} h={28} />
          ))}
        </Stack>
      ) : null}
    </SectionCard>
  );
}
