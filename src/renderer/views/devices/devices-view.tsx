import { Button, Code, CopyButton, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Device } from '#shared/device.ts';
import { client, orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import classes from './devices-view.module.css';
import { graphicsFacts, memoryFacts, processorFacts, systemFacts } from './device-facts.ts';
import { AdviceCard } from './advice-card.tsx';
import { ExtensionChips } from './extension-chips.tsx';
import { FactList, SourceButton } from './fact-list.tsx';
import { LibrariesCard } from './libraries-card.tsx';
import { ProvidersCard } from './providers-card.tsx';

/** This machine: what is known of it and from where, and what runs on it. */
export function DevicesView() {
  const queryClient = useQueryClient();
  const device = useQuery(orpc.devices.current.queryOptions());
  const detect = useMutation({
    mutationFn: () => client.devices.current({ refresh: true }),
    onSuccess: (found) => queryClient.setQueryData(orpc.devices.current.queryKey(), found),
  });
  const error = detect.error ?? device.error;
  return (
    <>
      <PageHeader
        title="Devices"
        description={device.data ? <Fingerprint device={device.data} /> : 'Reading this machine’s hardware…'}
      >
        <Button
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={detect.isPending || device.isLoading}
          onClick={() => detect.mutate()}
        >
          Detect again
        </Button>
      </PageHeader>
      <Stack gap="md">
        {error ? <ErrorMessage error={error} title="The hardware could not be read" /> : null}
        <AdviceCard />
        {device.data ? <DeviceCards device={device.data} /> : device.isLoading ? <Skeleton h={260} /> : null}
        <ProvidersCard />
        <LibrariesCard />
      </Stack>
    </>
  );
}

function Fingerprint({ device }: { device: Device }) {
  return (
    <Group gap={6}>
      <span>This machine, known by its fingerprint</span>
      <Code>{device.fingerprint}</Code>
      <CopyButton value={device.fingerprint}>
        {({ copied, copy }) => (
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={copied ? <IconCheck size={13} aria-hidden /> : <IconCopy size={13} aria-hidden />}
            onClick={copy}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}

function DeviceCards({ device }: { device: Device }) {
  const extensionSource = device.sources['cpu.extensions'];
  return (
    <div className={classes['cards']}>
      <div className={classes['processor']}>
        <SectionCard title="Processor">
          <FactList facts={processorFacts(device)} />
        </SectionCard>
      </div>
      <div className={classes['memory']}>
        <SectionCard title="Memory and caches" description="Caches are summed over the machine.">
          <FactList facts={memoryFacts(device)} />
        </SectionCard>
      </div>
      <div className={classes['system']}>
        <SectionCard title="System">
          <FactList facts={systemFacts(device)} />
        </SectionCard>
      </div>
      <div className={classes['extensions']}>
        <SectionCard
          title="Instruction-set extensions"
          description="Those that decide how fast float32, float16 and int8 run here."
          actions={extensionSource ? <SourceButton name="Instruction-set extensions" source={extensionSource} /> : null}
        >
          <ExtensionChips cpu={device.cpu} />
        </SectionCard>
      </div>
      <div className={classes['graphics']}>
        <SectionCard title="Graphics">
          <Graphics device={device} />
        </SectionCard>
      </div>
    </div>
  );
}

function Graphics({ device }: { device: Device }) {
  const source = device.sources['gpus'];
  if (device.gpus.length === 0) {
    return (
      <Text c="dimmed">
        {source ? 'This machine has no GPU that could be found.' : 'Not known: no source on this machine names a GPU.'}
      </Text>
    );
  }
  return (
    <Stack gap="md">
      {device.gpus.map((gpu) => (
        <FactList key={gpu.id ?? gpu.name} facts={graphicsFacts(device, gpu)} />
      ))}
    </Stack>
  );
}
