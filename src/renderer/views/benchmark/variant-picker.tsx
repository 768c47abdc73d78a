import { Button, Checkbox, Radio, Table, Text } from '@mantine/core';
import { formatBytes } from '#shared/format.ts';
import type { Model, Variant } from '#shared/model.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { countText } from '#shared/text/number-text.ts';
import { SectionCard } from '../../components/section-card.tsx';
import { type PlanDraft, withBaseline, withVariant } from './plan-draft.ts';
import classes from './variant-picker.module.css';

/** Which models and variants are measured, and which of them the others are held against. */
export function VariantPicker(props: {
  models: readonly Model[];
  draft: PlanDraft;
  onChange: (variantIds: string[]) => void;
}) {
  const { models, draft, onChange } = props;
  const [baselineId] = draft.variantIds;
  return (
    <SectionCard
      title="Models"
      description={`${countText(draft.variantIds.length, 'file')} chosen.${draft.variantIds.length > 1 ? ' All others are compared with the baseline.' : ''}`}
      isFlush
      actions={
        draft.variantIds.length > 1 ? (
          <Button variant="subtle" size="compact-xs" onClick={() => onChange([])}>
            Choose none
          </Button>
        ) : null
      }
    >
      <div className={classes['scroll']}>
        <Table
          className={classes['table'] ?? ''}
          verticalSpacing={5}
          horizontalSpacing="sm"
          aria-label="Models to measure"
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Measure</Table.Th>
              <Table.Th>File</Table.Th>
              <Table.Th className={classes['number']}>Size</Table.Th>
              <Table.Th>Baseline</Table.Th>
            </Table.Tr>
          </Table.Thead>
          {models.map((model, index) => (
            <Table.Tbody key={model.id}>
              <GroupRow model={model} above={models[index - 1]} />
              {model.variants.map((variant) => (
                <VariantRow
                  key={variant.id}
                  model={model}
                  variant={variant}
                  isChosen={draft.variantIds.includes(variant.id)}
                  isBaseline={variant.id === baselineId}
                  onChoose={(isChosen) => onChange(withVariant(draft, variant.id, { isChosen, models }))}
                  onBaseline={() => onChange(withBaseline(draft.variantIds, variant.id))}
                />
              ))}
            </Table.Tbody>
          ))}
        </Table>
      </div>
    </SectionCard>
  );
}

/** Above a model with variants, and above what follows it and is none of them. */
function GroupRow({ model, above }: { model: Model; above: Model | undefined }) {
  const hasVariants = ({ variants }: Model): boolean => variants.length > 1;
  const isFirstWithout = !hasVariants(model) && above !== undefined && hasVariants(above);
  if (!hasVariants(model) && !isFirstWithout) return null;
  return (
    <Table.Tr>
      <Table.Th colSpan={4} scope="rowgroup" className={classes['model']}>
        {isFirstWithout ? 'Not compressed yet' : isolateName(model.name)}
      </Table.Th>
    </Table.Tr>
  );
}

function VariantRow(props: {
  model: Model;
  variant: Variant;
  isChosen: boolean;
  isBaseline: boolean;
  onChoose: (isChosen: boolean) => void;
  onBaseline: () => void;
}) {
  const { model, variant, isChosen } = props;
  const isOriginal = variant.id === model.id;
  const detail = isOriginal ? 'The original' : (variant.recipe?.name ?? 'A variant');
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox
          aria-label={`Measure ${variant.name}`}
          checked={isChosen}
          onChange={(event) => props.onChoose(event.currentTarget.checked)}
        />
      </Table.Td>
      <Table.Td
        className={classes['name'] ?? ''}
        onClick={() => props.onChoose(!isChosen)}
        style={{ cursor: 'pointer' }}
      >
        {isolateName(variant.name)}
        {model.variants.length > 1 ? (
          <Text size="xs" c="dimmed">
            {detail}
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td className={classes['number']}>{formatBytes(variant.sizeBytes)}</Table.Td>
      <Table.Td className={classes['radio']}>
        {isChosen ? (
          <Radio
            name="baseline"
            aria-label={`Hold the others against ${variant.name}`}
            checked={props.isBaseline}
            onChange={props.onBaseline}
          />
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}
