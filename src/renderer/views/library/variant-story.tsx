import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconDownload, IconInfoCircle } from '@tabler/icons-react';
import { formatBytes, formatCount, formatDuration } from '#shared/format.ts';
import type { Finding, Fidelity, Model, Variant } from '#shared/model.ts';
import { datasetText } from '#shared/text/case-text.ts';
import { bySeverity, CHECKS_METHOD, subjectsText } from '#shared/text/finding-text.ts';
import { countText, NOT_KNOWN } from '#shared/text/number-text.ts';
import { agreementText, cosineText } from '#shared/text/fidelity-text.ts';
import { host } from '../../api/host.ts';
import { KeyValueList } from '../../components/key-value-list.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { sizeAgainstOriginal } from './variant-text.ts';
import classes from './variant-story.module.css';

/** What the recipe did to a variant, step by step, and how near its outputs stay. */
export function VariantStory({ variant, model }: { variant: Variant; model: Model }) {
  const { recipe } = variant;
  if (recipe === null) return null;
  return (
    <SectionCard
      title="What happened"
      description={`${variant.name}: ${formatBytes(variant.sizeBytes)}, ${sizeAgainstOriginal(variant, model) ?? ''} than the original`.replace(
        'the same size than',
        'the same size as',
      )}
      actions={
        <Button
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => void host.saveText(`${JSON.stringify(recipe, null, 2)}\n`, `${recipe.name}.recipe.json`)}
        >
          Export recipe…
        </Button>
      }
    >
      <div className={classes['columns']}>
        <Stack gap="md" component="ol" className={classes['steps'] ?? ''}>
          {variant.steps.map((step, index) => (
            // A pass may be used twice, and steps never change.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index}>
              <Group gap="xs" align="baseline">
                <Title order={3} className="mono" fw={600}>
                  {step.pass}
                </Title>
                <Text size="xs" c="dimmed">
                  took {formatDuration(step.durationMs)}
                </Text>
              </Group>
              <Text>{step.summary}</Text>
              <Findings findings={step.findings} />
            </li>
          ))}
          {variant.checks.length === 0 ? null : (
            <li>
              <Title order={3} fw={600}>
                What ONNX Runtime makes of it
              </Title>
              <Text size="xs" c="dimmed">
                {CHECKS_METHOD}
              </Text>
              <Findings findings={variant.checks} />
            </li>
          )}
        </Stack>
        {variant.fidelity === null ? null : <FidelityList fidelity={variant.fidelity} />}
      </div>
    </SectionCard>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className={classes['findings']}>
      {bySeverity(findings).map((finding) => {
        const Glyph = finding.severity === 'warning' ? IconAlertTriangle : IconInfoCircle;
        return (
          <li key={`${finding.kind} ${finding.message}`} data-severity={finding.severity}>
            <Glyph size={15} stroke={1.75} aria-label={finding.severity === 'warning' ? 'Warning' : 'Note'} />
            <div>
              {finding.message}
              <Subjects finding={finding} />
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Subjects({ finding }: { finding: Finding }) {
  const { subjects, subjectCount = subjects.length } = finding;
  if (subjects.length === 0) return null;
  return (
    <details className={classes['subjects']}>
      <summary>
        {subjectCount > subjects.length
          ? `The first ${subjects.length} of ${countText(subjectCount, 'name')}`
          : countText(subjectCount, 'name')}
      </summary>
      <span className="mono">{subjectsText(finding)}</span>
    </details>
  );
}

function FidelityList({ fidelity }: { fidelity: Fidelity }) {
  return (
    <div>
      <Title order={3} mb={4}>
        Outputs against the model that it was made from
      </Title>
      <KeyValueList
        items={[
          ...(fidelity.top1Agreement === null
            ? []
            : [
                {
                  name: 'Same top-1 class',
                  value: `${agreementText(fidelity.top1Agreement, fidelity.itemCount)} (${formatCount(fidelity.top1AgreementCount)} of ${formatCount(fidelity.itemCount)})`,
                },
              ]),
          { name: 'Cosine', value: cosineText(fidelity.cosine) },
          {
            name: 'Signal to noise',
            value: fidelity.sqnrDb === null ? 'identical outputs' : `${fidelity.sqnrDb.toFixed(1)} dB`,
          },
          ...(fidelity.klDivergence === null
            ? []
            : [{ name: 'KL divergence', value: `${formatCount(fidelity.klDivergence)} nats` }]),
          { name: 'Largest error', value: formatCount(fidelity.maxAbsoluteError) },
          {
            name: 'Inputs',
            value: `${countText(fidelity.itemCount, 'item')} of ${datasetText(fidelity.inputs) || NOT_KNOWN}`,
          },
        ]}
      />
    </div>
  );
}
