import { Text } from '@mantine/core';
import { formatDateTime } from '#shared/format.ts';
import type { Variant } from '#shared/model.ts';
import type { Proportion, Quality } from '#shared/quality.ts';
import { evaluatedDataText } from '#shared/text/case-text.ts';
import { NOT_KNOWN, pointsText, shareIntervalText, shareText } from '#shared/text/number-text.ts';
import { agreementText, cosineText } from '#shared/text/fidelity-text.ts';
import { type DataColumn, DataTable } from '../../components/data-table.tsx';
import { SectionCard } from '../../components/section-card.tsx';

/** What was evaluated of a variant: once for each provider and data, because accuracy belongs to them together. */
export function QualityCard({ variant, quality }: { variant: Variant; quality: readonly Quality[] }) {
  const own = quality.filter(({ variantId }) => variantId === variant.id);
  if (own.length === 0) return null;
  return (
    <SectionCard
      title="Quality"
      description={`${variant.name}, as it was evaluated on this or another machine. Shares with their 95 % intervals.`}
      isFlush
    >
      <DataTable label={`Quality of ${variant.name}`} columns={columns} rows={own} rowId={({ id }) => id} />
    </SectionCard>
  );
}

const columns: readonly DataColumn<Quality>[] = [
  {
    id: 'data',
    header: 'Data',
    sortBy: ({ datasetId }) => datasetId,
    cell: (quality) => (
      <Stacked main={evaluatedDataText(quality)} below={`${quality.itemCount.toLocaleString('en-US')} items`} />
    ),
  },
  { id: 'provider', header: 'Provider', sortBy: ({ provider }) => provider, cell: ({ provider }) => provider },
  {
    id: 'top1',
    header: 'Top-1',
    isNumeric: true,
    sortBy: ({ metrics }) => metrics.top1?.value ?? null,
    cell: ({ metrics, itemCount }) => <Share share={metrics.top1} itemCount={itemCount} />,
  },
  {
    id: 'top5',
    header: 'Top-5',
    isNumeric: true,
    sortBy: ({ metrics }) => metrics.top5?.value ?? null,
    cell: ({ metrics, itemCount }) => <Share share={metrics.top5} itemCount={itemCount} />,
  },
  {
    id: 'difference',
    header: 'Against the original',
    hint: 'Difference of the top-1 accuracy on the same items, in percentage points, judged by McNemar’s exact test',
    isNumeric: true,
    sortBy: ({ paired }) => paired?.difference ?? null,
    cell: ({ paired }) =>
      paired === null ? NOT_KNOWN : <Stacked main={`${pointsText(paired.difference)} points`} below={paired.verdict} />,
  },
  {
    id: 'agreement',
    header: 'Same class',
    hint: 'Share of items for which it answers the same class as the original',
    isNumeric: true,
    sortBy: ({ fidelity }) => fidelity?.top1Agreement ?? null,
    cell: ({ fidelity }) =>
      fidelity === null ? (
        NOT_KNOWN
      ) : (
        <Stacked
          main={fidelity.top1Agreement === null ? NOT_KNOWN : agreementText(fidelity.top1Agreement, fidelity.itemCount)}
          below={`cosine ${cosineText(fidelity.cosine)}`}
        />
      ),
  },
  {
    id: 'when',
    header: 'Evaluated',
    isNumeric: true,
    sortBy: ({ createdAtMs }) => createdAtMs,
    cell: ({ createdAtMs }) => formatDateTime(createdAtMs),
  },
];

function Share({ share, itemCount }: { share: Proportion | undefined; itemCount: number }) {
  if (share === undefined) return NOT_KNOWN;
  return <Stacked main={shareText(share.value, itemCount)} below={shareIntervalText(share, itemCount)} />;
}

function Stacked({ main, below }: { main: string; below: string }) {
  return (
    <>
      {main}
      <Text size="xs" c="dimmed">
        {below}
      </Text>
    </>
  );
}
