import type { GraphIndex } from '../../onnx/graph-index.ts';
import { lastOfKernel } from './last-of-kernel.ts';
import type { Sites } from './find-sites.ts';

/**
 * What only a Concat reads takes over the scale of what it makes: values are then rounded once, to the steps that they end up in, and
 * ONNX Runtime's QLinearConcat copies them instead of looking each up in a table.
 */
export function shareWithConcat(sites: Sites, index: GraphIndex): void {
  for (const node of sites.carriers) {
    if (node.opType !== 'Concat') continue;
    // Of a Relu or Clip behind it, which QLinearConcat takes in: values are then cut off before instead of behind it.
    const output = lastOfKernel(node, index);
    const target = sites.sharedWith.get(output) ?? output;
    for (const input of new Set(node.inputs)) {
      const root = sites.sharedWith.get(input) ?? input;
      const alike = [root, ...[...sites.sharedWith].flatMap(([name, own]) => (own === root ? [name] : []))];
      const inside = new Set([
        node,
        ...sites.carriers.filter(({ outputs }) => outputs.some((name) => alike.includes(name))),
      ]);
      const isOwn = alike.every(
        (name) => !index.isOutput(name) && index.consumersOf(name).every((reader) => inside.has(reader)),
      );
      // A tensor that it reads twice, or through others, may be what it makes of another.
      if (!isOwn || alike.includes(target) || !sites.madeInIntegers.has(root)) continue;
      for (const name of alike) sites.sharedWith.set(name, target);
    }
  }
}
