import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { formatBytes } from '#shared/format.ts';
import { isJobOver } from '#shared/job.ts';
import { client, orpc } from '../../api/client.ts';
import { useCancelJob, useJob } from '../../api/use-job.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { JobProgress } from '../../components/job-progress.tsx';
import { SectionCard } from '../../components/section-card.tsx';

/** ONNX Runtime's libraries for CUDA and TensorRT: a download of their own, offered where there is a GPU for them. */
export function LibrariesCard() {
  const queryClient = useQueryClient();
  const state = useQuery(orpc.devices.libraries.queryOptions());
  const [isAsking, setIsAsking] = useState(false);
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJob(jobId).data;
  const cancel = useCancelJob();
  const readAgain = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: orpc.devices.libraries.key() });
    queryClient.setQueryData(orpc.devices.providers.queryKey(), await client.devices.providers({ refresh: true }));
  };
  const get = useMutation({
    mutationFn: () => client.devices.getLibraries(),
    onSuccess: (started) => {
      setIsAsking(false);
      setJobId(started.jobId);
    },
  });
  const remove = useMutation({ mutationFn: () => client.devices.removeLibraries(), onSuccess: readAgain });
  const refresh = useMutation({ mutationFn: readAgain });
  const { mutate: refreshNow } = refresh;
  const isDone = job?.status === 'completed';
  useEffect(() => {
    if (isDone) refreshNow();
  }, [isDone, refreshNow]);

  if (state.data === undefined) return null;
  const { status, reason, version, sizeBytes } = state.data;
  const isRunning = job !== undefined && !isJobOver(job);
  const error = remove.error ?? refresh.error;
  return (
    <SectionCard
      title="CUDA libraries"
      description="ONNX Runtime’s own libraries for CUDA and TensorRT are too large for its package, and a download of their own."
      actions={
        status === 'available' && !isRunning ? (
          <Button
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden />}
            onClick={() => setIsAsking(true)}
          >
            Get them…
          </Button>
        ) : status === 'installed' ? (
          <Button
            variant="default"
            leftSection={<IconTrash size={14} aria-hidden />}
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          >
            Remove
          </Button>
        ) : null
      }
    >
      <Stack gap="xs">
        {error ? <ErrorMessage error={error} /> : null}
        {job !== undefined && !isDone ? (
          <JobProgress
            job={job}
            onCancel={() => cancel.mutate(job.id)}
            isCancelling={cancel.isPending}
            onResume={() => get.mutate()}
          />
        ) : (
          <Text c={status === 'unavailable' ? 'dimmed' : ''}>
            {status === 'installed'
              ? `Those of ONNX Runtime ${version} are installed, ${formatBytes(sizeBytes)}.`
              : (reason ?? 'Not installed. They make node:cuda work where CUDA 12 and cuDNN 9 are installed.')}
          </Text>
        )}
      </Stack>
      {isAsking ? (
        <AskModal
          isStarting={get.isPending}
          error={get.error}
          onStart={() => get.mutate()}
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </SectionCard>
  );
}

/** How large it is, before anything is fetched. */
function AskModal(props: { isStarting: boolean; error: Error | null; onStart: () => void; onClose: () => void }) {
  const download = useQuery({ ...orpc.devices.libraryDownload.queryOptions(), retry: false });
  const error = props.error ?? download.error;
  return (
    <Modal opened onClose={props.onClose} title="Get the CUDA libraries" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="md">
        {error ? <ErrorMessage error={error} /> : null}
        {download.data ? (
          <>
            <Text>
              {download.data.name} {download.data.version} from {download.data.host}:{' '}
              <strong>{formatBytes(download.data.sizeBytes)}</strong>.{' '}
              {download.data.hasHash
                ? 'It is held against the SHA-512 that the feed names.'
                : 'The feed names no hash for it: size, checksums and version are checked.'}
            </Text>
            <Text c="dimmed">
              CUDA 12 and cuDNN 9 have to be installed besides, and TensorRT for node:tensorrt: they are not in it. It
              can be removed again at any time.
            </Text>
          </>
        ) : download.isLoading ? (
          <Text c="dimmed">Asking how large it is…</Text>
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            Not now
          </Button>
          <Button disabled={!download.data} loading={props.isStarting} onClick={props.onStart}>
            {download.data ? `Download ${formatBytes(download.data.sizeBytes)}` : 'Download'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
