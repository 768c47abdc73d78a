import type { NodeProto } from '../onnx/ir.ts';

/** What a node is called in findings and settings: its name, or what it makes where it has none. */
export function nodeLabel({ name, outputs }: NodeProto): string {
  return name || (outputs[0] ?? '');
}
