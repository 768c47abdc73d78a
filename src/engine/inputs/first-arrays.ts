/** The arrays that a model is run on again and again: generated, those of a file, or the first items of a dataset. Runs anywhere. */
import type { CaseSettings } from '#shared/case.ts';
import type { EngineTensor, InputSource } from '#shared/engine-protocol.ts';
import type { RunWarning } from '#shared/run.ts';
import type { InputFact } from '#shared/run-record.ts';
import { datasetText } from '#shared/text/case-text.ts';
import type { ReadChunks } from '../datasets/byte-stream.ts';
import { openDatasetWith } from '../datasets/open-dataset-with.ts';
import { describeValues, generateValues } from '../runtime/generate-values.ts';
import { arrayOfItems } from '../runtime/make-feeds.ts';
import { planBatches } from '../runtime/plan-batches.ts';
import { type InputSlot, type ResolvedInput, resolveShapes } from '../runtime/resolve-shapes.ts';
import { describeArrays } from './describe-arrays.ts';
import { matchArrays } from './match-arrays.ts';
import { readArrays } from './read-arrays.ts';

/** Errors: `unsupported` and `invalid-input`, naming the input, the file or the dataset. */
export async function firstArrays(
  { slots, read }: { slots: readonly InputSlot[]; read: ReadChunks },
  settings: CaseSettings,
  source: InputSource,
): Promise<{ arrays: Record<string, EngineTensor>; warnings: RunWarning[]; inputs: InputFact[] }> {
  if (source.kind === 'arrays') {
    const { fileName } = source;
    const arrays = matchArrays(slots, await readArrays(read, source), { fileName, settings });
    return { arrays, warnings: [], inputs: describeArrays(arrays, () => fileName) };
  }
  if (source.kind === 'generated') {
    const { inputs, warnings } = resolveShapes(slots, settings);
    const arrays = Object.fromEntries(
      inputs.map((input) => {
        const { name, dtype, shape } = input;
        return [name, { dtype, shape, bytes: generateValues(input, source.seed) }];
      }),
    );
    const sourceOf = ({ name }: ResolvedInput): string => {
      const input = inputs.find((each) => each.name === name) as ResolvedInput;
      return describeValues(input).source;
    };
    return { arrays, warnings, inputs: describeArrays(arrays, sourceOf) };
  }
  const dataset = await openDatasetWith(read, source.dataset, source.limit);
  const plan = planBatches(slots, dataset, { batchSize: settings.batchSize, isExact: true });
  for await (const batch of dataset.readBatches(plan.batchSize)) {
    const input = { ...plan.input, shape: [batch.count, ...plan.input.shape.slice(1)] };
    const arrays = { [input.name]: arrayOfItems(input, batch.values) };
    return { arrays, warnings: [], inputs: describeArrays(arrays, () => datasetText(dataset.id)) };
  }
  throw new Error('An open dataset has at least one item.');
}
