/** What is kept of one second of continuous use: its samples, or some of them with the quartiles of all. Pure. */
import { z } from 'zod';
import { sampleBlockSchema } from './run.ts';
import { selectQuantiles } from './statistics/select-quantiles.ts';
import { spacedSamples } from './statistics/spaced-samples.ts';

/** Of one run. All of an hour of a model that takes 0.12 ms would be 30 million. */
const MOST_SAMPLES = 200_000;
/** Of a window, however many there are. */
const FEWEST_SAMPLES = 2;

/** Of all samples of a window, milliseconds. */
const windowQuartilesSchema = z.object({
  sampleCount: z.number().int(),
  medianMs: z.number(),
  lowerMs: z.number(),
  upperMs: z.number(),
});
export type WindowQuartiles = z.infer<typeof windowQuartilesSchema>;
/** As it is stored: JSON, or nothing. */
export const storedQuartilesSchema = windowQuartilesSchema.nullable();

export const sustainedBlockSchema = sampleBlockSchema
  .pick({ startedAtMs: true, samplesMs: true, context: true })
  /** Only where samples were left out; absent in files of versions that kept all. */
  .extend({ quartiles: storedQuartilesSchema.default(null) });
export type SustainedBlock = z.infer<typeof sustainedBlockSchema>;

/**
 * Leaves out samples, so that a run keeps about 200,000; a window that was thinned before stays as it is.
 * @param window.samplesMs in the order measured, at least one
 * @param windowCount of the whole run, at least 1
 */
export function thinWindow(
  window: Omit<SustainedBlock, 'samplesMs' | 'quartiles'> & {
    samplesMs: ArrayLike<number>;
    quartiles?: WindowQuartiles | null;
  },
  windowCount: number,
): SustainedBlock {
  const { startedAtMs, samplesMs, context, quartiles = null } = window;
  const most = Math.max(FEWEST_SAMPLES, Math.floor(MOST_SAMPLES / windowCount));
  const isWhole = quartiles !== null || samplesMs.length <= most;
  return {
    startedAtMs,
    samplesMs: isWhole ? Array.from(samplesMs) : spacedSamples(samplesMs, most),
    context,
    quartiles: isWhole ? quartiles : quartilesOf({ samplesMs, quartiles }),
  };
}

/** Those of all samples, whether they were kept or not. */
export function quartilesOf({
  samplesMs,
  quartiles,
}: {
  samplesMs: ArrayLike<number>;
  quartiles: WindowQuartiles | null;
}): WindowQuartiles {
  if (quartiles !== null) return quartiles;
  const [lowerMs, medianMs, upperMs] = selectQuantiles(samplesMs, [0.25, 0.5, 0.75]) as [number, number, number];
  return { sampleCount: samplesMs.length, medianMs, lowerMs, upperMs };
}
