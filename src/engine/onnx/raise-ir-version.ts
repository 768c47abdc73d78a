import type { ModelProto } from './ir.ts';

/** The IR version that each opset came with: https://github.com/onnx/onnx/blob/main/docs/Versioning.md */
const IR_VERSIONS: readonly { opset: number; irVersion: number }[] = [
  { opset: 7, irVersion: 3 },
  { opset: 9, irVersion: 4 },
  { opset: 10, irVersion: 5 },
  { opset: 11, irVersion: 6 },
  { opset: 12, irVersion: 7 },
  { opset: 15, irVersion: 8 },
  { opset: 19, irVersion: 9 },
  { opset: 21, irVersion: 10 },
];
export const WEIGHTS_ARE_NO_INPUTS = 4;

/**
 * Raises the IR version to the one of the model's opset, and at least to 4. Before version 4 every weight was an input too, which nobody could
 * replace; from there on somebody could: those inputs go.
 */
export function raiseIrVersion(model: ModelProto): void {
  if (model.irVersion < WEIGHTS_ARE_NO_INPUTS && model.graph) {
    const weights = new Set(model.graph.initializers.map(({ name }) => name));
    model.graph.inputs = model.graph.inputs.filter(({ name }) => !weights.has(name));
  }
  const opset = model.opsetImports.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  const fitting = IR_VERSIONS.findLast((entry) => entry.opset <= opset)?.irVersion ?? 0;
  model.irVersion = Math.max(model.irVersion, fitting, WEIGHTS_ARE_NO_INPUTS);
}
