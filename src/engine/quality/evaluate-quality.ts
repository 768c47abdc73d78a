/** Runs every item through a model, and through its reference beside it, and adds up accuracy and fidelity. */
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { EngineParams, EngineProgress, EngineResult } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import { pairedDifference, wilsonInterval } from '#shared/statistics/proportion.ts';
import { createSession, type Session } from '../runtime/create-session.ts';
import { isAmongTop, topClass } from './class-scores.ts';
import { createFidelityMeter, type ItemOutput } from './fidelity-meter.ts';
import { type ItemFeeds, type ItemSource, openItems } from './read-items.ts';
import { comparableOutputs, findScores, type OutputSlot, runBatch } from './run-batch.ts';

type QualityFigures = EngineResult<'quality.evaluate'>;

/** Large enough to keep the cores busy, small enough to stay in the caches. */
const EVALUATION_BATCH_SIZE = 64;
const TOP_COUNT = 5;
const PROGRESS_INTERVAL_MS = 200;

/**
 * Top-1 and top-5 accuracy with Wilson intervals where there are labels; fidelity and, with labels, McNemar's comparison where
 * there is a reference. Both models run on the same provider with the same settings.
 * Errors: those of loading and running, `unsupported` when data and model do not fit, `invalid-model` for outputs that are
 * not finite; each a sentence.
 */
export async function evaluateQuality(
  params: EngineParams<'quality.evaluate'>,
  onProgress: (progress: EngineProgress) => void,
): Promise<QualityFigures> {
  const { path, referencePath, provider, settings, inputs } = params;
  const candidate = await openModel(path, provider, settings);
  const reference = referencePath === null ? null : await openModel(referencePath, provider, settings);
  try {
    const items = await openItems(candidate.session, inputs, {
      batchSize: EVALUATION_BATCH_SIZE,
      settings,
    });
    return await evaluateItems({ candidate, reference, items, provider, onProgress });
  } finally {
    await candidate.session.release();
    await reference?.session.release();
  }
}

type OpenModel = { session: Session; outputs: OutputSlot[] };

async function openModel(path: string, provider: ProviderId, settings: CaseSettings): Promise<OpenModel> {
  const { session } = await createSession(path, { provider, settings });
  return { session, outputs: comparableOutputs(session) };
}

async function evaluateItems(options: {
  candidate: OpenModel;
  reference: OpenModel | null;
  items: ItemSource;
  provider: ProviderId;
  onProgress: (progress: EngineProgress) => void;
}): Promise<QualityFigures> {
  const { candidate, reference, items, provider } = options;
  const scoresOutput = findScores(candidate.outputs, items);
  const meter = createFidelityMeter(scoresOutput);
  const counts = createAccuracyCounts();
  const report = limitRate(options.onProgress, PROGRESS_INTERVAL_MS);
  const run = (model: OpenModel, batch: ItemFeeds): Promise<ItemOutput[][]> =>
    runBatch(model.session, batch.feeds, { ...batch, outputs: model.outputs, provider });

  let done = 0;
  for await (const batch of items.read()) {
    const own = await run(candidate, batch);
    const expected = reference === null ? null : await run(reference, batch);
    for (const [index, outputs] of own.entries()) {
      const referenceOutputs = expected?.[index];
      if (referenceOutputs) meter.add(referenceOutputs, outputs);
      if (scoresOutput === null || batch.labels === null) continue;
      counts.add(
        batch.labels[index] as number,
        (outputs[scoresOutput] as ItemOutput).values,
        referenceOutputs?.[scoresOutput]?.values ?? null,
      );
    }
    done += batch.itemCount;
    report({
      fraction: done / items.itemCount,
      message: `Evaluated ${done} of ${items.itemCount} items`,
    });
  }
  return {
    itemCount: done,
    metrics: counts.metrics(),
    fidelity: reference === null ? null : { ...meter.result(), inputs: items.id },
    paired: reference === null ? null : counts.paired(),
  };
}

function createAccuracyCounts() {
  let total = 0;
  let top1 = 0;
  let top5 = 0;
  let classCount = 0;
  let onlyReferenceCorrect = 0;
  let onlyCandidateCorrect = 0;
  return {
    add(label: number, scores: ArrayLike<number>, referenceScores: ArrayLike<number> | null): void {
      classCount = scores.length;
      if (label >= classCount) {
        throw new AppError(
          'invalid-input',
          `Item ${total + 1} has label ${label}, but the model tells ${classCount} classes apart. This dataset does not belong to this model.`,
        );
      }
      const isCorrect = topClass(scores) === label;
      total += 1;
      if (isCorrect) top1 += 1;
      if (isAmongTop(scores, label, TOP_COUNT)) top5 += 1;
      if (referenceScores === null) return;
      const isReferenceCorrect = topClass(referenceScores) === label;
      if (isCorrect && !isReferenceCorrect) onlyCandidateCorrect += 1;
      if (!isCorrect && isReferenceCorrect) onlyReferenceCorrect += 1;
    },
    metrics(): QualityFigures['metrics'] {
      if (total === 0) return {};
      // Among five classes or fewer, top-5 is always right and says nothing.
      const hasTop5 = classCount > TOP_COUNT;
      return {
        top1: wilsonInterval(top1, total),
        ...(hasTop5 ? { top5: wilsonInterval(top5, total) } : {}),
      };
    },
    paired(): QualityFigures['paired'] {
      return total === 0 ? null : pairedDifference({ onlyReferenceCorrect, onlyCandidateCorrect, total });
    },
  };
}

function limitRate(send: (progress: EngineProgress) => void, intervalMs: number) {
  let lastMs = -Infinity;
  return (progress: EngineProgress): void => {
    const nowMs = performance.now();
    if (nowMs - lastMs < intervalMs && progress.fraction !== 1) return;
    lastMs = nowMs;
    send(progress);
  };
}
