/** How much memory one run of a model takes, before anything is run. Pure. */
import { rawByteLength } from '../onnx/element-types.ts';
import { capturedNames } from '../onnx/scopes.ts';
import { inferDtypes } from '../onnx/infer-dtypes.ts';
import { inferShapes } from '../onnx/infer-shapes.ts';
import type { GraphProto } from '../onnx/ir.ts';

/** Above this the sum would say too little. */
const UNKNOWN_SHARE_LIMIT = 0.05;

/**
 * A tensor lives from the node that makes it to the last one that reads it. The largest sum of the tensors that live at one time, without weights, when nodes run in the order of the file, every tensor has
 * a place of its own and nothing is fused. An arena keeps more, a fused graph needs less.
 * @param shapes of the inputs
 * @returns bytes; null where the sizes of more than a twentieth of the tensors cannot be told
 */
export function estimateActivations(graph: GraphProto, shapes: ReadonlyMap<string, readonly number[]>): number | null {
  const inferred = inferShapes(graph, { batchSize: 1, inputs: shapes });
  const dtypes = inferDtypes(graph);
  const weights = new Set(graph.initializers.map(({ name }) => name));
  const sizeOf = (name: string): number | null => {
    const dims = inferred.get(name)?.dims;
    const dtype = dtypes.get(name);
    if (!dims || dtype === undefined || dims.includes(null)) return null;
    return rawByteLength(
      dtype,
      (dims as number[]).reduce((product, size) => product * size, 1),
    );
  };

  const lastUse = new Map<string, number>();
  for (const [index, node] of graph.nodes.entries()) {
    for (const name of [...node.inputs, ...capturedNames(node)]) lastUse.set(name, index);
  }
  // Inputs and outputs belong to the caller, who keeps them.
  for (const { name } of [...graph.inputs, ...graph.outputs]) lastUse.set(name, graph.nodes.length);

  const endsAt = new Map<number, string[]>();
  for (const [name, index] of lastUse) endsAt.set(index, [...(endsAt.get(index) ?? []), name]);
  const living = new Map<string, number>();
  let unknownCount = 0;
  let tensorCount = 0;
  let sum = 0;
  const start = (name: string): void => {
    if (name === '' || weights.has(name) || living.has(name)) return;
    const bytes = sizeOf(name);
    tensorCount += 1;
    if (bytes === null) unknownCount += 1;
    living.set(name, bytes ?? 0);
    sum += bytes ?? 0;
  };
  for (const { name } of graph.inputs) start(name);
  let peak = sum;
  for (const [index, node] of graph.nodes.entries()) {
    for (const name of node.outputs) start(name);
    peak = Math.max(peak, sum);
    for (const name of [...(endsAt.get(index) ?? []), ...node.outputs.filter((name) => !lastUse.has(name))]) {
      sum -= living.get(name) ?? 0;
      living.delete(name);
    }
  }
  return unknownCount > UNKNOWN_SHARE_LIMIT * tensorCount ? null : peak;
}
