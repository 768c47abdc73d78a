/**
 * Raises the opset of a model: every operator that changed its meaning on the way is written so that the model computes the same.
 * Subgraphs and functions are raised too; other domains are left alone.
 */
import { AppError } from '#shared/app-error.ts';
import { cloneModel } from '../clone-model.ts';
import { createNamer } from '../create-namer.ts';
import type { ElementType } from '../element-types.ts';
import { entryOf } from '../entry-of.ts';
import { editGraph, type GraphEditor } from '../graph-editor.ts';
import { inferDtypes, typesInside } from '../infer-dtypes.ts';
import { inferShapes, isStandard } from '../infer-shapes.ts';
import {
  createAttribute,
  createNode,
  type FunctionProto,
  type GraphProto,
  graphSchema,
  type ModelProto,
  type NodeProto,
  type OpsetImport,
} from '../ir.ts';
import { createMessage } from '../message.ts';
import { raiseIrVersion } from '../raise-ir-version.ts';
import { subgraphsOf } from '../walk-model.ts';
import { operatorVersions } from './operator-versions.ts';
import { rules } from './rules.ts';

export const OLDEST_OPSET = 7;
/** From 22 on ONNX Runtime 1.30 has no CPU kernel of some operators (RoiAlign); for what passes write 21 is enough. */
export const NEWEST_OPSET = 21;

type Scope = {
  editor: GraphEditor;
  addWeight: GraphEditor['addWeight'];
  dtypes: ReadonlyMap<string, ElementType>;
  ranks: ReadonlyMap<string, number>;
};
type Refuse = (node: NodeProto, opset: number, reason: string) => never;

/** Of the standard domain; 0 where the model imports none. */
export function opsetOf(opsetImports: readonly OpsetImport[]): number {
  return standardImport(opsetImports)?.version ?? 0;
}

function standardImport(opsetImports: readonly OpsetImport[]): OpsetImport | undefined {
  return opsetImports.find(({ domain }) => domain === '' || domain === 'ai.onnx');
}

/**
 * Changes the model in place, or not at all. An opset that is as new already stays.
 * @param target 7 to 21
 * @returns the opset before
 * Errors: `unsupported`, naming the node, its operator and the opset, where one cannot be raised.
 */
export function raiseOpset(model: ModelProto, target: number): number {
  const before = opsetOf(model.opsetImports);
  if (before >= target) return before;
  if (before < OLDEST_OPSET) {
    throw new AppError(
      'unsupported',
      `The model has opset ${before}; opsets can be raised from ${OLDEST_OPSET} on. Export it with a newer opset.`,
    );
  }
  const refuse: Refuse = (node, opset, reason) => {
    const name = node.name || (node.outputs[0] ?? '');
    throw new AppError(
      'unsupported',
      `The model cannot be raised from opset ${before} to ${target}: its node “${name}” (${node.opType}) ${reason}, and opset ${opset} changed that operator. Export the model with opset ${opset} or newer.`,
    );
  };
  const raised = cloneModel(model);
  const uniqueName = createNamer(raised);
  if (raised.graph) raiseScopes(openScopes(raised.graph, uniqueName), before, target, refuse);
  for (const body of raised.functions) raiseFunction(body, target, uniqueName, refuse);
  for (const entry of raised.opsetImports) if (entry === standardImport(raised.opsetImports)) entry.version = target;
  raiseIrVersion(raised);
  Object.assign(model, raised);
  return before;
}

/** The graph and all inside of it, each with what is known of its tensors. */
function openScopes(
  graph: GraphProto,
  uniqueName: (wish: string) => string,
  outer?: ReadonlyMap<string, ElementType>,
): Scope[] {
  const dtypes = inferDtypes(graph, outer);
  const shapes = inferShapes(graph, { batchSize: 1 });
  const ranks = new Map([...shapes].flatMap(([name, { dims }]) => (dims ? [[name, dims.length] as const] : [])));
  const inner = graph.nodes.flatMap((node) =>
    subgraphsOf(node).flatMap((part) => openScopes(part, uniqueName, typesInside(node, part, dtypes))),
  );
  const editor = editGraph(graph, uniqueName);
  return [{ editor, addWeight: shareWeights(editor), dtypes, ranks }, ...inner];
}

function shareWeights(editor: GraphEditor): GraphEditor['addWeight'] {
  const added = new Map<string, string>();
  return (wish, type, dims, values) => {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const key = `${type} ${dims.join(',')} ${bytes.toString('base64')}`;
    const name = added.get(key) ?? editor.addWeight(wish, type, dims, values);
    added.set(key, name);
    return name;
  };
}

function raiseScopes(scopes: readonly Scope[], before: number, target: number, refuse: Refuse): void {
  for (let opset = before + 1; opset <= target; opset += 1) {
    for (const scope of scopes) {
      for (const node of scope.editor.graph.nodes) if (isStandard(node)) raiseNode(node, opset, scope, refuse);
    }
  }
}

function raiseNode(node: NodeProto, opset: number, scope: Scope, refuse: Refuse): void {
  const { editor, addWeight, dtypes, ranks } = scope;
  const versions = entryOf(operatorVersions, node.opType);
  if (versions === undefined) refuse(node, opset, 'is of a type that is not known here');
  const rule = entryOf(rules, node.opType)?.[opset];
  if (!rule) return;
  if (node.attributes.some(({ referenceName }) => referenceName !== '')) {
    refuse(node, opset, 'takes an attribute from the call of the function it is in');
  }
  rule(node, {
    editor,
    addWeight,
    rankOf: (name) => ranks.get(name) ?? null,
    dtypeOf: (name) => dtypes.get(name) ?? refuse(node, opset, `reads “${name}”, whose element type is not known`),
    refuse: (reason) => refuse(node, opset, reason),
  });
}

/** A function has opsets of its own, and no weights: what rules add becomes Constant nodes. */
function raiseFunction(
  body: FunctionProto,
  target: number,
  uniqueName: (wish: string) => string,
  refuse: Refuse,
): void {
  const own = standardImport(body.opsetImports);
  if (!own || own.version >= target) return;
  const graph = createMessage(graphSchema, { nodes: body.nodes, valueInfos: body.valueInfos });
  raiseScopes(openScopes(graph, uniqueName), own.version, target, refuse);
  const constants = graph.initializers.map((tensor) =>
    createNode({
      opType: 'Constant',
      name: uniqueName(`${tensor.name}_node`),
      outputs: [tensor.name],
      attributes: [createAttribute('value', tensor)],
    }),
  );
  body.nodes = [...constants, ...graph.nodes];
  own.version = target;
}
