/** How much memory it takes to compare a model with its parent, before anything is run. */
import type { InputSource } from '#shared/engine-protocol.ts';
import type { ModelInspection } from '#shared/model.ts';
import type { GraphProto } from '../onnx/ir.ts';
import { loadModel } from '../onnx/load-model.ts';
import { estimateActivations } from '../preflight/estimate-memory.ts';
import { leavesWeights } from '../quality/leaves-weights.ts';
import { fixInputs } from './calibration/find-shapes.ts';
import { openCalibrationItems } from './calibration/open-calibration-items.ts';

/** Weights as they are laid out for the kernels, and what ONNX Runtime needs while it does so: `bench/compress-memory.ts` found 1.0 to 1.3 times them. */
const COPIES = 1.5;
/** Outputs that wait, items, and buffers of ONNX Runtime and of JavaScript. */
const BESIDE_BYTES = 128 * 2 ** 20;

export type Compared = { path: string } & Pick<ModelInspection, 'sizeBytes' | 'bytesByDtype'>;

/**
 * Of the larger of the two, as one is closed before the other is loaded. A parent that is run from its mapped files needs no copy of its weights.
 * @returns bytes
 * Errors: those of reading the parent and its inputs.
 */
export async function estimateComparison(about: {
  parent: Compared;
  result: Compared;
  inputs: InputSource;
}): Promise<number> {
  const { parent, result, inputs } = about;
  const parentBytes = (await leavesWeights(parent.path)) ? 0 : computedBytes(parent);
  const { model } = await loadModel(parent.path, { leavesWeights: true });
  const items = await openCalibrationItems(inputs, model);
  const { graph } = fixInputs(model.graph as GraphProto, items, 1);
  // Where shapes do not tell, as much as the weights, as a measurement assumes.
  const activationBytes = estimateActivations(graph, new Map()) ?? parent.sizeBytes;
  return COPIES * Math.max(parentBytes, computedBytes(result)) + activationBytes + BESIDE_BYTES;
}

/** The CPU makes float32 of weights in 16 bits. */
function computedBytes({ sizeBytes, bytesByDtype }: Compared): number {
  return sizeBytes + (bytesByDtype['float16'] ?? 0) + (bytesByDtype['bfloat16'] ?? 0);
}
