/** Attributes of a node by name, with the operator's default where one is left out. */
import type { AttributeProto, NodeProto } from './ir.ts';

export function findAttribute(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attributes.find((attribute) => attribute.name === name);
}

export function intAttribute(node: NodeProto, name: string, otherwise: number): number {
  const value = findAttribute(node, name)?.int;
  return value === undefined ? otherwise : Number(value);
}

export function floatAttribute(node: NodeProto, name: string, otherwise: number): number {
  return findAttribute(node, name)?.float ?? otherwise;
}

/** Undefined when it is left out. */
export function intsAttribute(node: NodeProto, name: string): number[] | undefined {
  return findAttribute(node, name)?.ints.map(Number);
}

export function textAttribute(node: NodeProto, name: string, otherwise: string): string {
  const value = findAttribute(node, name)?.bytes;
  return value === undefined ? otherwise : Buffer.from(value).toString('utf8');
}
