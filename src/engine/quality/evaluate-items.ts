/** Accuracy and fidelity, added up item by item. Pure. */
import { AppError } from '#shared/app-error.ts';
import type { EngineProgress, EngineResult } from '#shared/engine-protocol.ts';
import { pairedDifference, wilsonInterval } from '#shared/statistics/proportion.ts';
import { isAmongTop, topClass } from './class-scores.ts';
import { createFidelityMeter, type ItemOutput } from './fidelity-meter.ts';
import { chunkSizeOf, type Items } from './open-items-with.ts';
import { type OpenOutputStore, runAhead } from './run-ahead.ts';
import { findScores, type ItemRunner } from './run-items.ts';

export type QualityFigures = EngineResult<'quality.evaluate'>;

const TOP_COUNT = 5;
const PROGRESS_INTERVAL_MS = 200;

/**
 * Runs every item and adds up. A reference comes first and is closed before the candidate is opened, as far as its outputs can be kept.
 * @param options.openStore for outputs of the reference that do not fit into memory; null where there is none
 * Errors: those of opening and running; `invalid-input` for labels that the model has no class for.
 */
export async function evaluateItems(options: {
  openCandidate: () => Promise<ItemRunner>;
  openReference: (() => Promise<ItemRunner>) | null;
  openStore: OpenOutputStore | null;
  items: Items;
  onProgress: (progress: EngineProgress) => void;
}): Promise<QualityFigures> {
  const { openCandidate, openReference, openStore, items } = options;
  const report = limitRate(options.onProgress, PROGRESS_INTERVAL_MS);
  let referenceDone = 0;
  let done = 0;
  const tell = (message: (itemCount: number) => string): void => {
    // Arrays of a file are one run, whose rows are known only afterwards.
    const itemCount = Math.max(done, referenceDone, items.itemCount);
    const fraction = openReference === null ? done / itemCount : (referenceDone + done) / (2 * itemCount);
    report({ fraction, message: message(itemCount) });
  };
  const reference =
    openReference &&
    (await runAhead(openReference, {
      items,
      openStore,
      onItems(count) {
        referenceDone += count;
        tell((itemCount) => `Ran the reference on ${referenceDone} of ${itemCount} items`);
      },
    }));
  let candidate: ItemRunner | null = null;
  try {
    candidate = await openCandidate();
    const scoresOutput = findScores(candidate.outputs, items);
    const meter = createFidelityMeter(scoresOutput);
    const counts = createAccuracyCounts();
    for await (const chunk of items.read(reference?.chunkSize ?? chunkSizeOf(items, candidate.batchSize))) {
      let indexInChunk = 0;
      for await (const own of candidate.run(chunk)) {
        const expected = reference && (await reference.take(own.length, chunk));
        for (const [index, outputs] of own.entries()) {
          const referenceOutputs = expected?.[index];
          if (referenceOutputs) meter.add(referenceOutputs, outputs);
          const label = chunk.labels?.[indexInChunk];
          indexInChunk += 1;
          if (scoresOutput === null || label === undefined) continue;
          counts.add(
            label,
            (outputs[scoresOutput] as ItemOutput).values,
            referenceOutputs?.[scoresOutput]?.values ?? null,
          );
        }
        candidate.release(own);
        done += own.length;
        tell((itemCount) => `Evaluated ${done} of ${itemCount} items`);
      }
    }
    return {
      itemCount: done,
      metrics: counts.metrics(),
      fidelity: reference === null ? null : { ...meter.result(), inputs: items.id },
      paired: reference === null ? null : counts.paired(),
    };
  } finally {
    await candidate?.close();
    await reference?.close();
  }
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
