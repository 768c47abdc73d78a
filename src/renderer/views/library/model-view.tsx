import { Anchor, Button, Skeleton, Stack } from '@mantine/core';
import { IconArrowsMinimize, IconDownload, IconGauge, IconTargetArrow } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { formatDateTime } from '#shared/format.ts';
import { isJobOver } from '#shared/job.ts';
import type { Model, Variant } from '#shared/model.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { CompressModal } from './compress-modal.tsx';
import { EvaluateModal } from './evaluate-modal.tsx';
import { InspectionCards } from './inspection-cards.tsx';
import { jobsOfModel, variantMadeBy } from './model-jobs.ts';
import { ModelMenu } from './model-menu.tsx';
import { QualityCard } from './quality-card.tsx';
import { RunningJobs } from './running-jobs.tsx';
import { exportVariant } from './variant-menu.tsx';
import { VariantStory } from './variant-story.tsx';
import { originalOf } from './variant-text.ts';
import { VariantsTable } from './variants-table.tsx';

export function ModelView({ modelId }: { modelId: string }) {
  const model = useQuery(orpc.models.get.queryOptions({ input: { id: modelId } }));
  if (model.data) return <ModelPage model={model.data} />;
  if (model.isLoading) return <Skeleton h={400} aria-label="Reading the model" />;
  return (
    <ErrorMessage error={model.error} title="This model cannot be shown">
      <Button variant="default" component={Link} href="/library">
        Back to the library
      </Button>
    </ErrorMessage>
  );
}

/** A model with everything made of it; one variant is looked into. */
function ModelPage({ model }: { model: Model }) {
  const [, navigate] = useLocation();
  const [search, setSearch] = useSearchParams();
  const quality = useQuery(orpc.quality.list.queryOptions());
  const [untickedIds, setUntickedIds] = useState<readonly string[]>([]);
  const [compressedId, setCompressedId] = useState<string | null>(null);
  const [isEvaluating, setIsEvaluating] = useState(false);
  const { shownJobs, madeVariantId, watch, follow, unfollow, dismiss } = useModelJobs(model);
  const showVariant = (id: string): void => {
    unfollow();
    setSearch({ variant: id }, { replace: true });
  };

  const find = (id: string | null): Variant | undefined => model.variants.find((variant) => variant.id === id);
  const shown = find(madeVariantId) ?? find(search.get('variant')) ?? originalOf(model) ?? model.variants[0];
  const tickedIds = model.variants.map(({ id }) => id).filter((id) => !untickedIds.includes(id));
  const tick = (id: string, isTicked: boolean): void =>
    setUntickedIds((ids) => (isTicked ? ids.filter((other) => other !== id) : [...ids, id]));
  if (!shown) return <ErrorMessage error={new Error('This model has no file any more. Remove and import it again.')} />;

  return (
    <>
      <PageHeader
        above={
          <Anchor component={Link} href="/library" size="xs" c="dimmed">
            ‹ All models
          </Anchor>
        }
        title={isolateName(model.name)}
        description={describe(model)}
      >
        <Button
          variant={tickedIds.length > 1 ? 'default' : 'filled'}
          leftSection={<IconArrowsMinimize size={15} aria-hidden />}
          onClick={() => setCompressedId(shown.id)}
        >
          Compress
        </Button>
        <Button
          variant="default"
          leftSection={<IconTargetArrow size={15} aria-hidden />}
          disabled={tickedIds.length === 0}
          onClick={() => setIsEvaluating(true)}
        >
          Evaluate
        </Button>
        <Button
          // What comes next, as soon as there is something to compare.
          variant={tickedIds.length > 1 ? 'filled' : 'default'}
          leftSection={<IconGauge size={15} aria-hidden />}
          disabled={tickedIds.length === 0}
          onClick={() => navigate(`/benchmark?variants=${tickedIds.join(',')}`)}
        >
          Benchmark
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          title={`Export ${shown.name}`}
          onClick={() => void exportVariant(shown)}
        >
          Export
        </Button>
        <ModelMenu model={model} onRemoved={() => navigate('/library')} />
      </PageHeader>
      <Stack gap="md">
        <RunningJobs jobs={shownJobs} onDismiss={dismiss} />
        <SectionCard
          title="Variants"
          description="Ticked ones go along to Evaluate and Benchmark; the one that is selected is shown below."
          isFlush
        >
          <VariantsTable
            model={model}
            quality={quality.data ?? []}
            shownId={shown.id}
            onShow={showVariant}
            tickedIds={new Set(tickedIds)}
            onTick={tick}
            onCompress={setCompressedId}
          />
        </SectionCard>
        <VariantStory variant={shown} model={model} />
        <QualityCard variant={shown} quality={quality.data ?? []} />
        <InspectionCards variant={shown} />
      </Stack>
      <CompressModal
        model={model}
        variantId={compressedId ?? shown.id}
        isOpen={compressedId !== null}
        onClose={() => setCompressedId(null)}
        onStarted={follow}
      />
      <EvaluateModal
        model={model}
        variantIds={tickedIds}
        isOpen={isEvaluating}
        onClose={() => setIsEvaluating(false)}
        onStarted={watch}
      />
    </>
  );
}

/** The model's unfinished jobs, and those started here that failed, until they are dismissed. */
function useModelJobs(model: Model) {
  const jobs = useQuery(orpc.jobs.list.queryOptions({ input: { limit: 50 } }));
  const [watchedIds, setWatchedIds] = useState<readonly string[]>([]);
  /** Whose variant is shown as soon as it is there, unless the user looks at another by then. */
  const [followedId, setFollowedId] = useState<string | null>(null);
  const watch = (jobId: string): void => setWatchedIds((ids) => [...ids, jobId]);
  const own = jobsOfModel(jobs.data ?? [], model);
  const followed = own.find(({ id }) => id === followedId);
  return {
    shownJobs: own.filter((job) => !isJobOver(job) || (watchedIds.includes(job.id) && job.status !== 'completed')),
    madeVariantId: followed ? (variantMadeBy(followed)?.variantId ?? null) : null,
    watch,
    follow: (jobId: string): void => {
      watch(jobId);
      setFollowedId(jobId);
    },
    unfollow: (): void => setFollowedId(null),
    dismiss: (jobId: string): void => setWatchedIds((ids) => ids.filter((id) => id !== jobId)),
  };
}

function describe({ isSample, sourcePath, importedAtMs, datasetId }: Model): string {
  const origin = isSample
    ? 'A sample that comes with Whittle'
    : `Imported ${formatDateTime(importedAtMs)}${sourcePath === null ? '' : ` from ${sourcePath}`}`;
  return `${origin}; ${datasetId === null ? 'tied to no data' : `tied to the data ${datasetId}`}.`;
}
