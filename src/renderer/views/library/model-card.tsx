import { Anchor, Badge, Group, Paper, Text, Title } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { formatBytes, formatShortCount } from '#shared/format.ts';
import type { Model, Variant } from '#shared/model.ts';
import type { Quality } from '#shared/quality.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { NOT_KNOWN, shareText } from '#shared/text/number-text.ts';
import { agreementText, cosineText } from '#shared/text/fidelity-text.ts';
import { type DataColumn, DataTable } from '../../components/data-table.tsx';
import classes from './model-card.module.css';
import { ModelMenu } from './model-menu.tsx';
import { accuracyOf, isOriginal, originalOf, recipeText, sizeAgainstOriginal, variantAddress } from './variant-text.ts';

/** A model in the list: what it is, and what was made of it. */
export function ModelCard({ model, quality }: { model: Model; quality: readonly Quality[] }) {
  const [, navigate] = useLocation();
  const original = originalOf(model);
  return (
    <Paper withBorder component="article" className={classes['card'] ?? ''} aria-label={model.name}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" className={classes['head'] ?? ''}>
        <div className={classes['words']}>
          <Group gap="xs">
            <Title order={2} size="h3">
              <Anchor component={Link} href={`/library/${model.id}`} inherit className={classes['name'] ?? ''}>
                {isolateName(model.name)}
              </Anchor>
            </Title>
            {model.isSample ? (
              <Badge size="sm" variant="default">
                Sample
              </Badge>
            ) : null}
          </Group>
          <Text size="xs" c="dimmed">
            {original ? describe(original).join(' · ') : 'The original is missing'}
            {model.datasetId === null ? '' : ` · data: ${model.datasetId}`}
          </Text>
        </div>
        <ModelMenu model={model} />
      </Group>
      <div className={classes['table']}>
        <DataTable
          label={`Variants of ${model.name}`}
          columns={columnsOf(model, quality)}
          rows={model.variants}
          rowId={({ id }) => id}
          onRowClick={({ id }) => navigate(variantAddress(model.id, id))}
        />
      </div>
    </Paper>
  );
}

function describe({ inspection, sizeBytes }: Variant): string[] {
  const opset = inspection.opsets['ai.onnx'];
  return [
    formatBytes(sizeBytes),
    `${formatShortCount(inspection.parameterCount)} parameters`,
    ...(inspection.macs === null ? [] : [`${formatShortCount(inspection.macs)} MACs`]),
    ...(opset === undefined ? [] : [`opset ${opset}`]),
  ];
}

function columnsOf(model: Model, quality: readonly Quality[]): DataColumn<Variant>[] {
  return [
    {
      id: 'name',
      header: 'Variant',
      cell: (variant) => (
        <Link href={variantAddress(model.id, variant.id)} className={classes['variant'] ?? ''}>
          {isOriginal(variant) ? 'Original' : isolateName(variant.name)}
        </Link>
      ),
    },
    { id: 'recipe', header: 'Recipe', width: '20%', cell: recipeText },
    { id: 'size', header: 'Size', isNumeric: true, width: '6.5rem', cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
    {
      id: 'change',
      header: 'Against original',
      isNumeric: true,
      width: '8.5rem',
      cell: (variant) => sizeAgainstOriginal(variant, model) ?? NOT_KNOWN,
    },
    {
      id: 'fidelity',
      header: model.variants.some(({ fidelity }) => fidelity !== null && fidelity.top1Agreement === null)
        ? 'Cosine'
        : 'Same class',
      hint: 'How near its outputs are to those of the model that it was made from',
      isNumeric: true,
      width: '7rem',
      cell: ({ fidelity }) => {
        if (fidelity === null) return NOT_KNOWN;
        return fidelity.top1Agreement === null
          ? cosineText(fidelity.cosine)
          : agreementText(fidelity.top1Agreement, fidelity.itemCount);
      },
    },
    {
      id: 'accuracy',
      header: 'Top-1 accuracy',
      isNumeric: true,
      width: '8rem',
      cell: ({ id }) => {
        const known = accuracyOf(quality, id);
        return known?.metrics.top1 ? shareText(known.metrics.top1.value, known.itemCount) : NOT_KNOWN;
      },
    },
  ];
}
