/** One batch through a session, and its outputs cut into items. */
import { AppError } from '#shared/app-error.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { Session } from '../runtime/create-session.ts';
import type { Feeds } from '../runtime/make-feeds.ts';
import { explainRunError } from '../runtime/runtime-error.ts';
import { bytesOf, isFloating, isNumeric, readNumbers } from '../runtime/tensor-values.ts';
import type { ItemOutput } from './fidelity-meter.ts';

/** Name, type and shape as the session declares them. */
export type OutputSlot = { name: string; dtype: string; shape: readonly (number | string)[] };

/** Outputs that can be compared: float ones, or all numeric ones when there is no float. */
export function comparableOutputs(session: Session): OutputSlot[] {
  const tensors = session.outputMetadata.flatMap((output) =>
    output.isTensor ? [{ name: output.name, dtype: output.type, shape: output.shape }] : [],
  );
  const floating = tensors.filter(({ dtype }) => isFloating(dtype));
  const comparable = floating.length > 0 ? floating : tensors.filter(({ dtype }) => isNumeric(dtype));
  if (comparable.length > 0) return comparable;
  throw new AppError(
    'unsupported',
    'The model has no numeric tensor among its outputs, so there is nothing to compare.',
  );
}

/**
 * @param options.itemCount how many items of the batch count; a padded rest is dropped
 * @returns for each item its outputs, in the order of `outputs`. An output whose first dimension is not the batch belongs to
 *   the only item of a batch of one.
 * Errors: `provider-failed`, `out-of-memory`, `unsupported`.
 */
export async function runBatch(
  session: Session,
  feeds: Feeds,
  options: {
    outputs: readonly OutputSlot[];
    batchSize: number;
    itemCount: number;
    provider: ProviderId;
  },
): Promise<ItemOutput[][]> {
  const { outputs, batchSize, itemCount } = options;
  const results = await session
    .run(
      feeds,
      outputs.map(({ name }) => name),
    )
    .catch((error: unknown) => {
      throw explainRunError(error, options.provider);
    });
  const columns = outputs.map(({ name }) => {
    const tensor = results[name];
    if (tensor === undefined) throw new AppError('internal', `ONNX Runtime gave no output “${name}”.`);
    const values = readNumbers(tensor.type, bytesOf(name, tensor));
    if (batchSize > 1 && tensor.dims[0] !== batchSize) {
      throw new AppError(
        'unsupported',
        `The output “${name}” of shape [${tensor.dims.join(', ')}] cannot be cut into the ${batchSize} items of a batch.`,
      );
    }
    return { name, values: Float64Array.from(values) };
  });
  return Array.from({ length: itemCount }, (_, item) =>
    columns.map(({ name, values }) => {
      const size = values.length / batchSize;
      return { name, values: values.subarray(item * size, (item + 1) * size) };
    }),
  );
}

/**
 * Index of the output that holds class scores, one row per item: the first of shape [batch, classes] with at least two
 * classes. Without labels its name has to say so, because embeddings and coordinates have the same shape.
 */
export function findScores(outputs: readonly OutputSlot[], options: { hasLabels: boolean }): number | null {
  const index = outputs.findIndex(({ name, shape }) => {
    const [, classCount, ...rest] = shape;
    if (typeof classCount !== 'number' || classCount < 2 || rest.some((size) => size !== 1)) return false;
    return options.hasLabels || /logit|prob|score|class|softmax|label/i.test(name);
  });
  return index === -1 ? null : index;
}
