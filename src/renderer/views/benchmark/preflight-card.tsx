import { Button, HoverCard, List, Table, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCircleX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ExperimentPlanInput } from '#shared/case.ts';
import { formatBytes } from '#shared/format.ts';
import type { Preflight, PreflightCase } from '#shared/preflight.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { client } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import classes from './preflight-card.module.css';
import { usePreflight } from './use-preflight.ts';

const verdicts = {
  ready: { word: 'Ready', Icon: IconCheck },
  warning: { word: 'See notes', Icon: IconAlertTriangle },
  fails: { word: 'Will fail', Icon: IconCircleX },
} as const;

/** What is to be expected of each model on each provider, before anything is measured. Never prevents the start. */
export function PreflightCard({ plan }: { plan: ExperimentPlanInput }) {
  const key = JSON.stringify(plan);
  const looked = usePreflight(plan);
  const asked = useMutation({
    mutationFn: (about: { key: string; plan: ExperimentPlanInput }) =>
      client.experiments.preflight({ plan: about.plan, isRuntimeAsked: true }),
  });
  const isAsked = asked.variables?.key === key && asked.data !== undefined;
  const preflight = isAsked ? asked.data : looked.data;
  const error = asked.error ?? looked.error;
  return (
    <SectionCard
      title="Before it runs"
      description={
        isAsked
          ? 'As the files say, and as ONNX Runtime itself places the nodes.'
          : 'As the files say. ONNX Runtime can also be asked where it would place the nodes, without running them.'
      }
      isFlush
      actions={
        <Button
          variant="default"
          loading={asked.isPending}
          disabled={isAsked}
          onClick={() => asked.mutate({ key, plan })}
        >
          Ask ONNX Runtime
        </Button>
      }
    >
      {error ? <ErrorMessage error={error} title="The plan cannot be measured like this" /> : null}
      {preflight ? <Matrix preflight={preflight} /> : null}
    </SectionCard>
  );
}

/** Models down, conditions across. */
function Matrix({ preflight }: { preflight: Preflight }) {
  const conditions = [...new Set(preflight.cases.map(conditionOf))];
  const variants = [...new Map(preflight.cases.map(({ variantId, name }) => [variantId, name]))];
  return (
    <div className={classes['scroll']}>
      <Table verticalSpacing={4} horizontalSpacing="sm" fz="sm" aria-label="What is to be expected of each case">
        <Table.Thead>
          <Table.Tr>
            <Table.Th fw={500} fz="xs">
              File
            </Table.Th>
            {conditions.map((condition) => (
              <Table.Th key={condition} fw={500} fz="xs">
                {condition}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {variants.map(([id, name]) => (
            <Table.Tr key={id}>
              <Table.Th scope="row">{isolateName(name)}</Table.Th>
              {conditions.map((condition) => {
                const item = preflight.cases.find((each) => each.variantId === id && conditionOf(each) === condition);
                return <Table.Td key={condition}>{item ? <Mark item={item} /> : null}</Table.Td>;
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Mark({ item }: { item: PreflightCase }) {
  const { word, Icon } = verdicts[item.verdict];
  const sentences = sentencesOf(item);
  return (
    <HoverCard width={360} shadow="md" openDelay={120} position="top" withArrow>
      <HoverCard.Target>
        <UnstyledButton
          className={classes['mark'] ?? ''}
          data-verdict={item.verdict}
          aria-label={`${item.name} on ${conditionOf(item)}: ${word}. ${sentences.join(' ')}`}
        >
          <Icon size={15} stroke={1.75} aria-hidden />
          <Text span size="xs">
            {word}
          </Text>
        </UnstyledButton>
      </HoverCard.Target>
      <HoverCard.Dropdown p="xs">
        <Text size="xs" fw={600}>
          {isolateName(item.name)} on {conditionOf(item)}
        </Text>
        <List size="xs">
          {sentences.map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

function conditionOf(item: PreflightCase): string {
  return conditionText({ ...item, placement: [] });
}

function sentencesOf({ findings, placement, memory }: PreflightCase): string[] {
  const nodes = placement?.map(({ provider, nodeCount }) => `${nodeCount} on ${provider}`).join(', ');
  return [
    ...findings.toSorted((a, b) => rankOf(a.severity) - rankOf(b.severity)).map(({ message }) => message),
    ...(nodes === undefined ? [] : [`ONNX Runtime places the nodes so: ${nodes}.`]),
    ...(memory === null
      ? []
      : [
          `Weights take ${formatBytes(memory.weightsBytes)}, and what lives between them ${memory.method === 'liveness' ? 'at a time' : 'perhaps'} ${formatBytes(memory.activationsBytes)}.`,
        ]),
  ];
}

function rankOf(severity: PreflightCase['findings'][number]['severity']): number {
  return ['fails', 'warning', 'info'].indexOf(severity);
}
