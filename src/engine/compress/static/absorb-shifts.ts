import type { GraphIndex } from '../../onnx/graph-index.ts';
import type { Sites } from './find-sites.ts';

/**
 * A constant that is added to integers changes what they stand for and not what they are: QuantizeLinear takes one zero point and
 * DequantizeLinear another, and there is neither an addition nor a second rounding. The zero point is whole, so up to half a step of the shift
 * is left over: only convolutions read such tensors, whose biases make up for it.
 */
export function absorbShifts(sites: Sites, index: GraphIndex): void {
  const convolutions = new Set(sites.products.flatMap(({ node }) => (node.opType === 'Conv' ? [node] : [])));
  for (const node of sites.carriers) {
    const [shift, ...others] = node.inputs.flatMap((name) => sites.constants.get(name) ?? []);
    const from = node.inputs.find((name) => !sites.constants.has(name)) ?? '';
    const [to = ''] = node.outputs;
    if (node.opType !== 'Add' || shift === undefined || others.length > 0) continue;
    // A tensor that others read too, or whose scale is not its own alone, stays what it is.
    const isOwn = sites.madeInIntegers.has(from) && !sites.sharedWith.has(from) && !sites.shifts.has(from);
    const isTakenOver = [...sites.sharedWith.values()].includes(from);
    if (!isOwn || isTakenOver || index.consumersOf(from).length > 1 || index.isOutput(from) || index.isOutput(to))
      continue;
    const readers = index.consumersOf(to);
    if (!sites.tensors.includes(to) || !readers.every((reader) => convolutions.has(reader) && reader.inputs[0] === to))
      continue;
    sites.shifts.set(to, { from, shift, node });
  }
  const gone = new Set([...sites.shifts.values()].map(({ node }) => node));
  const replaced = new Set([...sites.shifts.values()].map(({ from }) => from));
  sites.carriers = sites.carriers.filter((node) => !gone.has(node));
  sites.tensors = sites.tensors.filter((name) => !replaced.has(name));
}
