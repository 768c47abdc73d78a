import { type GraphIndex } from './graph-index.ts';
import type { NodeProto } from './ir.ts';
import { floatsOf, requireElementType } from './tensor-contents.ts';

/** The ends of a Clip, given as attributes (before opset 11) or as constant inputs; undefined for one that is open or not constant. */
export function clipOf(
  { attributes, inputs }: NodeProto,
  index: GraphIndex,
): { minimum: number | undefined; maximum: number | undefined } {
  const attribute = (wanted: string): number | undefined => attributes.find(({ name }) => name === wanted)?.float;
  const constant = (name: string | undefined): number | undefined => {
    const tensor = name ? index.constantOf(name) : undefined;
    return tensor && requireElementType(tensor) === 'float32' ? floatsOf(tensor)[0] : undefined;
  };
  return { minimum: constant(inputs[1]) ?? attribute('min'), maximum: constant(inputs[2]) ?? attribute('max') };
}
