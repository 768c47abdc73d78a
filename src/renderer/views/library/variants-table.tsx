import { Checkbox, Group, Text, UnstyledButton } from '@mantine/core';
import { formatBytes } from '#shared/format.ts';
import type { Model, Variant } from '#shared/model.ts';
import type { Quality } from '#shared/quality.ts';
import { evaluatedDataText } from '#shared/text/case-text.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { NOT_KNOWN, shareIntervalText, shareText } from '#shared/text/number-text.ts';
import { agreementText, cosineText } from '#shared/text/fidelity-text.ts';
import { type DataColumn, DataTable } from '../../components/data-table.tsx';
import { VariantMenu } from './variant-menu.tsx';
import { accuracyOf, isOriginal, recipeText, sizeAgainstOriginal } from './variant-text.ts';
import classes from './variants-table.module.css';

type VariantsTableProps = {
  model: Model;
  quality: readonly Quality[];
  shownId: string;
  onShow: (variantId: string) => void;
  tickedIds: ReadonlySet<string>;
  onTick: (variantId: string, isTicked: boolean) => void;
  onCompress: (variantId: string) => void;
};

/** The original and what was made of it, side by side. */
export function VariantsTable(props: VariantsTableProps) {
  const { model, shownId, onShow } = props;
  return (
    <DataTable
      label={`Variants of ${model.name}`}
      columns={columnsOf(props)}
      rows={model.variants}
      rowId={({ id }) => id}
      isSelected={({ id }) => id === shownId}
      onRowClick={({ id }) => onShow(id)}
    />
  );
}

function columnsOf(props: VariantsTableProps): DataColumn<Variant>[] {
  const { model, quality, shownId, onShow, tickedIds, onTick, onCompress } = props;
  return [
    {
      id: 'ticked',
      header: '',
      width: '2rem',
      cell: ({ id, name }) => (
        <Checkbox
          aria-label={`Take ${name} along to Evaluate and Benchmark`}
          checked={tickedIds.has(id)}
          onChange={(event) => onTick(id, event.currentTarget.checked)}
        />
      ),
    },
    {
      id: 'name',
      header: 'Variant',
      sortBy: ({ name }) => name,
      cell: (variant) => (
        <>
          <UnstyledButton
            className={classes['name'] ?? ''}
            aria-pressed={variant.id === shownId}
            onClick={() => onShow(variant.id)}
          >
            {isolateName(variant.name)}
          </UnstyledButton>
          <Text size="xs" c="dimmed">
            {isOriginal(variant) ? 'The original' : `From ${parentName(model, variant)}`}
          </Text>
        </>
      ),
    },
    {
      id: 'recipe',
      header: 'Recipe',
      sortBy: (variant) => recipeText(variant),
      cell: (variant) => recipeText(variant),
    },
    {
      id: 'size',
      header: 'Size',
      isNumeric: true,
      sortBy: ({ sizeBytes }) => sizeBytes,
      cell: (variant) => <Stacked main={formatBytes(variant.sizeBytes)} below={sizeAgainstOriginal(variant, model)} />,
    },
    {
      id: 'agreement',
      header: 'Same class',
      hint: 'Share of inputs for which it answers the same class as the model that it was made from',
      isNumeric: true,
      sortBy: ({ fidelity }) => fidelity?.top1Agreement ?? null,
      cell: ({ fidelity }) =>
        fidelity === null || fidelity.top1Agreement === null
          ? NOT_KNOWN
          : agreementText(fidelity.top1Agreement, fidelity.itemCount),
    },
    {
      id: 'cosine',
      header: 'Cosine',
      hint: 'Mean cosine between its outputs and those of the model that it was made from; 1 is identical direction',
      isNumeric: true,
      sortBy: ({ fidelity }) => fidelity?.cosine ?? null,
      cell: ({ fidelity }) => (fidelity === null ? NOT_KNOWN : cosineText(fidelity.cosine)),
    },
    {
      id: 'accuracy',
      header: 'Top-1 accuracy',
      hint: 'On labelled data, with its 95 % interval. Evaluate to know it',
      isNumeric: true,
      sortBy: ({ id }) => accuracyOf(quality, id)?.metrics.top1?.value ?? null,
      cell: ({ id }) => <Accuracy quality={accuracyOf(quality, id)} />,
    },
    {
      id: 'actions',
      header: '',
      width: '2.5rem',
      cell: (variant) => <VariantMenu variant={variant} onCompress={() => onCompress(variant.id)} />,
    },
  ];
}

function Accuracy({ quality }: { quality: Quality | null }) {
  const top1 = quality?.metrics.top1;
  if (!quality || !top1) return NOT_KNOWN;
  return (
    <span title={`${evaluatedDataText(quality)} on ${quality.provider}, ${quality.itemCount} items`}>
      <Stacked main={shareText(top1.value, quality.itemCount)} below={shareIntervalText(top1, quality.itemCount)} />
    </span>
  );
}

function Stacked({ main, below }: { main: string; below: string | null }) {
  return (
    <Group gap={0} justify="flex-end">
      <div>
        {main}
        {below === null ? null : (
          <Text size="xs" c="dimmed">
            {below}
          </Text>
        )}
      </div>
    </Group>
  );
}

function parentName(model: Model, variant: Variant): string {
  const parent = model.variants.find(({ id }) => id === variant.parentId);
  if (!parent) return 'a variant that was removed';
  return isOriginal(parent) ? 'the original' : isolateName(parent.name);
}
