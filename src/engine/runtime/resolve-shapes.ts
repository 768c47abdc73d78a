/** Numbers for the dimensions that a model leaves open. Pure. */
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { IndexTable } from '#shared/model.ts';
import type { RunWarning } from '#shared/run.ts';
import { entryOf } from '../onnx/entry-of.ts';

/** An input as ONNX Runtime describes it: a symbolic dimension is a name, or empty when the file gives none. */
export type InputSlot = { name: string; dtype: string; shape: readonly (number | string)[]; table?: IndexTable };
export type ResolvedInput = { name: string; dtype: string; shape: number[]; table?: IndexTable };

/** What is taken for a dimension by its name, first match; sizes that common models accept and multiples of 32. */
const defaultsByName: readonly { mark: RegExp; value: number }[] = [
  { mark: /past|cache/i, value: 16 },
  { mark: /height|width|^h$|^w$|image.?size/i, value: 224 },
  { mark: /channel|^c$/i, value: 3 },
  { mark: /seq|token|length|len$|^s$|^t$|time|frame/i, value: 128 },
  { mark: /sample|audio/i, value: 16_000 },
];
const DEFAULT_DIMENSION = 1;
/** Of a rank-4 input the last two are taken for height and width, and the second for channels. */
const DEFAULT_IMAGE_SHAPE = [1, 3, 224, 224];

/**
 * Samples of sound that are fed at once to a model that carries a state along: 36 ms at 16 kHz. Voice detectors take 32 ms with
 * what came before, and their filters do not run on much less.
 */
const SOUND_FRAME = 576;
/** What tells such a model: it is told the sample rate, or hands its state in. */
const SAMPLE_RATE_NAME = /^sr$|sample_?rate/i;
const STATE_NAME = /state|^h0?$|^c0?$/i;

const BATCH_NAME = /batch|^n$|^b$|^bs$/i;

/**
 * Every symbolic dimension that is the first of its input, or is named like a batch, becomes `settings.batchSize`; the others
 * come from `settings.dimensions` (by name, or `input:axis` where the file has no name), else from a default with a warning.
 * Where a file that fixes its batch at more than one is run at batch 1, a warning says that a run counts as one item.
 * Errors: `unsupported` when the batch is fixed in the file and another is asked for.
 */
export function resolveShapes(
  slots: readonly InputSlot[],
  settings: Pick<CaseSettings, 'batchSize' | 'dimensions'>,
): { inputs: ResolvedInput[]; warnings: RunWarning[]; hasSymbolicBatch: boolean; assumedAxes: Set<string> } {
  const { batchSize, dimensions } = settings;
  const chosenDefaults = new Map<string, number>();
  const assumedAxes = new Set<string>();
  let hasSymbolicBatch = false;

  const resolveDimension = (slot: InputSlot, dimension: number | string, axis: number): number => {
    if (typeof dimension === 'number') return dimension;
    const key = dimension === '' ? axisKey(slot.name, axis) : dimension;
    const given = entryOf(dimensions, key);
    if (given !== undefined) return given;
    if (BATCH_NAME.test(dimension) || (axis === 0 && !isNamedOtherwise(dimension)) || isBatchOfState(slot, axis)) {
      hasSymbolicBatch = true;
      return batchSize;
    }
    const value = isSoundFrame(slot, axis, slots) ? SOUND_FRAME : defaultFor(slot, dimension, axis);
    chosenDefaults.set(key, value);
    assumedAxes.add(axisKey(slot.name, axis));
    return value;
  };

  const inputs = slots.map((slot) => ({
    name: slot.name,
    dtype: slot.dtype,
    shape: slot.shape.map((dimension, axis) => resolveDimension(slot, dimension, axis)),
    ...(slot.table ? { table: slot.table } : {}),
  }));
  const fixed = hasSymbolicBatch ? null : fixedBatchOf(inputs);
  if (!hasSymbolicBatch && batchSize > 1 && batchSize !== fixed?.size) {
    throw new AppError('unsupported', explainFixedBatch(inputs, { batchSize, fixedSize: fixed?.size ?? 1 }));
  }
  const warnings = [...chosenDefaults].map(([key, value]) => ({
    kind: 'assumed-dimension',
    message: `The model leaves the dimension “${key}” open; ${value} was taken. For another value: --dimension "${key}=SIZE", or “${key}” in the benchmark form.`,
  }));
  if (batchSize === 1 && fixed !== null && fixed.size > 1) warnings.push(warnOfFixedBatch(fixed));
  return { inputs, warnings, hasSymbolicBatch, assumedAxes };
}

type FixedBatch = { input: ResolvedInput; size: number };

/** The first dimension that all inputs share, as far as they have several and carry no state; null where they differ or there is none. */
function fixedBatchOf(inputs: readonly ResolvedInput[]): FixedBatch | null {
  const carriers = inputs.filter(({ name, shape }) => shape.length > 1 && !STATE_NAME.test(name));
  const sizes = new Set(carriers.map(({ shape }) => shape[0] as number));
  const [input] = carriers;
  return input === undefined || sizes.size > 1 ? null : { input, size: input.shape[0] as number };
}

/** A first dimension need not be a batch (tokens, rows of a matrix), so nothing is counted by it unasked. */
function warnOfFixedBatch({ input, size }: FixedBatch): RunWarning {
  return {
    kind: 'fixed-batch',
    message: `The model fixes the first dimension of “${input.name}” at ${size}, and a run is counted as one item. If that is its batch, ask for batch ${size}, so that throughput counts ${size} items a run.`,
  };
}

/** How `assumedAxes` names the dimensions that neither the file nor the settings fix. */
export function axisKey(inputName: string, axis: number): string {
  return `${inputName}:${axis}`;
}

/** A first dimension with a name that speaks of something else, e.g. `sequence`, is not the batch. */
function isNamedOtherwise(name: string): boolean {
  return name !== '' && defaultsByName.some(({ mark }) => mark.test(name));
}

/** A state without names is laid out as LSTM and GRU take it: layers or directions, batch, width (ONNX operators, `initial_h`). */
function isBatchOfState({ name, shape }: InputSlot, axis: number): boolean {
  return STATE_NAME.test(name) && shape.length === 3 && axis === 1 && shape[1] === '' && typeof shape[0] === 'number';
}

/** The last dimension of a float input [batch, samples]. */
function isSoundFrame(slot: InputSlot, axis: number, slots: readonly InputSlot[]): boolean {
  if (!slot.dtype.startsWith('float') || slot.shape.length !== 2 || axis !== 1 || STATE_NAME.test(slot.name))
    return false;
  return slots.some(
    ({ name, shape }) =>
      (SAMPLE_RATE_NAME.test(name) && shape.length <= 1) || (STATE_NAME.test(name) && shape.length > 2),
  );
}

function defaultFor(slot: InputSlot, dimension: string, axis: number): number {
  const byName = dimension === '' ? undefined : defaultsByName.find(({ mark }) => mark.test(dimension));
  if (byName) return byName.value;
  if (slot.shape.length === DEFAULT_IMAGE_SHAPE.length) return DEFAULT_IMAGE_SHAPE[axis] as number;
  return DEFAULT_DIMENSION;
}

function explainFixedBatch(
  inputs: readonly ResolvedInput[],
  { batchSize, fixedSize }: { batchSize: number; fixedSize: number },
): string {
  const [first] = inputs;
  if (!first) return `The model has no inputs, so it cannot be run at batch ${batchSize}. Choose batch 1.`;
  return `The model fixes the shape of “${first.name}” at [${first.shape.join(', ')}], so it cannot be run at batch ${batchSize}. Choose batch ${fixedSize}, or export it with a symbolic batch dimension.`;
}
