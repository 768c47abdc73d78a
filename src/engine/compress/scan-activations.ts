/** Runs a model before it becomes float16, and says which of its tensors do not fit. */
import { AppError } from '#shared/app-error.ts';
import { formatBytes } from '#shared/format.ts';
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import type { GraphProto, ModelProto } from '../onnx/ir.ts';
import { isStandard } from '../onnx/infer-shapes.ts';
import { contentByteLength } from '../onnx/tensor-contents.ts';
import { walkTensors } from '../onnx/walk-model.ts';
import { observeMagnitudes } from './calibration/observe-magnitudes.ts';
import { findUnfitTensors, type UnfitReason, type UnfitTensor } from './find-unfit-tensors.ts';
import { finding, type PassContext } from './pass.ts';
import { shareProgress } from './share-progress.ts';
import { findTakenBranches } from './static/find-taken-branches.ts';
import { takeOutBranch } from './take-out-branch.ts';

/** Extremes are rare, but each item costs an inference. Generated items are all of one kind. */
const ITEM_LIMIT = { dataset: 64, arrays: 64, generated: 8 };
/** Of the time that is left, about, where the model has branches. */
const MAIN_SHARE = 0.5;
const ASKING_SHARE = 0.2;
/** The copy of the weights that ONNX Runtime makes of mapped ones, and buffers: `bench/compress-memory.ts` found 1.3 to 1.4 times the weights. */
const COPIES = 1.5;

/**
 * @returns the tensors that have to stay float32, and what to say about them. A model that cannot be run gives none, and a finding
 * that says why.
 */
export async function scanActivations(
  model: ModelProto,
  { inputs, onProgress }: Pick<PassContext, 'inputs' | 'onProgress'>,
): Promise<{ unfit: Set<string>; branches: Set<GraphProto>; findings: Finding[] }> {
  const skip = (reason: string) => ({
    unfit: new Set<string>(),
    branches: new Set<GraphProto>(),
    findings: [
      finding(
        'warning',
        'activations-not-scanned',
        `Activations were not looked at for values that float16 cannot hold. ${reason}`,
      ),
    ],
  });
  const neededBytes = COPIES * [...walkTensors(model)].reduce((sum, tensor) => sum + contentByteLength(tensor), 0);
  const availableBytes = process.availableMemory();
  if (neededBytes > availableBytes) {
    return skip(
      `Running the model needs about ${formatBytes(neededBytes)} of memory, and ${formatBytes(availableBytes)} are free.`,
    );
  }
  try {
    const nextPart = shareProgress(onProgress);
    const look = (part: ModelProto, share: number) =>
      observeMagnitudes({ model: part, inputs, itemLimit: ITEM_LIMIT[inputs.kind], onProgress: nextPart(share) });
    const seen = await look(model, MAIN_SHARE);
    const unfit = findUnfitTensors(model.graph as GraphProto, seen.tensors);
    const main = new Set(seen.tensors.keys());
    const branches = await findScannable(model, { inputs, onProgress: nextPart(ASKING_SHARE) });
    for (const [index, branch] of branches.entries()) {
      const part = takeOutBranch(model, branch);
      const { tensors } = await look(part, 1 / (branches.length - index));
      const inside = new Map([...tensors].filter(([name]) => !main.has(name)));
      unfit.push(...findUnfitTensors(part.graph as GraphProto, inside));
      for (const [name, magnitude] of inside) seen.tensors.set(name, magnitude);
    }
    return {
      unfit: new Set(unfit.map(({ name }) => name)),
      branches: new Set(branches),
      findings: [describeScan(seen, inputs.kind), ...describeUnfit(unfit)],
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return skip(error.message);
  }
}

/** Branches of the main graph that all items take. On the others their values mean nothing. */
async function findScannable(
  model: ModelProto,
  context: Pick<PassContext, 'inputs' | 'onProgress'>,
): Promise<GraphProto[]> {
  const choices = (model.graph as GraphProto).nodes.filter((node) => isStandard(node) && node.opType === 'If');
  if (choices.length === 0) return [];
  const conditions = new Set(choices.map(({ inputs }) => inputs[0] ?? ''));
  const takenOf = await findTakenBranches(model, conditions, { ...context, provider: 'node:cpu' });
  return choices.flatMap((node) => {
    const [name, ...others] = takenOf.get(node.inputs[0] ?? '') ?? [];
    const branch = node.attributes.find((attribute) => attribute.name === name)?.graph;
    return branch && others.length === 0 ? [branch] : [];
  });
}

function describeScan(
  { tensors, itemCount }: Awaited<ReturnType<typeof observeMagnitudes>>,
  kind: PassContext['inputs']['kind'],
): Finding {
  let highest = 0;
  for (const magnitude of tensors.values()) highest = Math.max(highest, magnitude.highest);
  const items = kind === 'generated' ? countText(itemCount, 'generated item') : countText(itemCount, 'item');
  const advice = kind === 'generated' ? ' Real data may reach further: give calibration data where it matters.' : '';
  return finding(
    'info',
    'activations-scanned',
    `On ${items} the largest magnitude of ${countText(tensors.size, 'tensor')} was ${numberText(highest)}.${advice}`,
  );
}

const REASONS: Record<UnfitReason, (value: string) => string> = {
  'too-large': (value) => `values beyond ±65504 on calibration inputs, ${value} at most`,
  'squares-too-large': (value) =>
    `squares are added up that go beyond ±65504; values reach ${value} on calibration inputs`,
  'too-small': (value) =>
    `some calibration input gives no value of 6.1e-5 or more, but ${value} at most; float16 has few digits there, or none`,
};

function describeUnfit(unfit: readonly UnfitTensor[]): Finding[] {
  return [...Map.groupBy(unfit, ({ reason }) => reason)].map(([reason, group]) => {
    const sorted = group.toSorted((a, b) => (reason === 'too-small' ? a.value - b.value : b.value - a.value));
    const [{ value } = { value: 0 }] = sorted;
    return finding(
      'warning',
      `activations-${reason}`,
      `${countText(group.length, 'tensor')} stayed float32, with the nodes that make and read them: ${REASONS[reason](numberText(value))}.`,
      sorted.map(({ name }) => name),
    );
  });
}

const numberText = (value: number): string => String(Number(value.toPrecision(3)));
