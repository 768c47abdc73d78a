import { z } from 'zod';

/** Inputs, with labels or without, and how they are prepared for a model. */
export const datasetSchema = z.object({
  /** `fashion-mnist/test`: family and split. */
  id: z.string(),
  /** `fashion-mnist`: models are tied to a family, not to a split. */
  family: z.string(),
  split: z.enum(['test', 'train']),
  title: z.string(),
  format: z.string(),
  itemCount: z.number(),
  hasLabels: z.boolean(),
  classNames: z.array(z.string()),
  /** Shape of one prepared item without the batch dimension, e.g. [1, 28, 28]. */
  itemShape: z.array(z.number()),
  licence: z.string().nullable(),
});
export type Dataset = z.infer<typeof datasetSchema>;

/** What an engine process needs to read a dataset: absolute paths and the preparation `(p / scale - mean) / standardDeviation`. */
export const datasetSourceSchema = z.object({
  id: z.string(),
  format: z.string(),
  inputsPath: z.string(),
  labelsPath: z.string().nullable(),
  classNames: z.array(z.string()),
  preparation: z.object({ scale: z.number(), mean: z.number(), standardDeviation: z.number() }),
});
export type DatasetSource = z.infer<typeof datasetSourceSchema>;
