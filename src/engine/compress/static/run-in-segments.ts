/**
 * Runs a quantized model on a few items from one product to the next, keeping what later nodes read. Between two of them the next
 * product can still be changed: the whole takes one inference, not one for each product.
 */
import type { ProviderId } from '#shared/provider.ts';
import { ELEMENT_TYPES, type ElementType } from '../../onnx/element-types.ts';
import { type GraphIndex, indexGraph } from '../../onnx/graph-index.ts';
import { capturedNames } from '../../onnx/scopes.ts';
import {
  dimensionSchema,
  type GraphProto,
  graphSchema,
  type ModelProto,
  modelSchema,
  type NodeProto,
  shapeSchema,
  tensorTypeSchema,
  typeSchema,
  valueInfoSchema,
} from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import type { Session } from '../../runtime/create-session.ts';
import type { Feeds } from '../../runtime/make-feeds.ts';
import type { Tensor } from '../../runtime/onnxruntime-types.ts';
import { releaseTensors } from '../../runtime/release-tensors.ts';
import { openSession } from '../calibration/open-session.ts';

/**
 * @param batches feeds of the model; tensors that were computed are added and those that nobody needs any more removed
 * @returns a function that computes one tensor, for each batch, which lasts until the next call; products before it must be in their final form
 */
export function createSegmentRunner(
  model: ModelProto,
  batches: readonly Feeds[],
  provider: ProviderId,
): (target: string) => Promise<Tensor[]> {
  const graph = model.graph as GraphProto;
  const index = indexGraph(graph);
  const executed = new Set<NodeProto>();
  /** Nodes that turned out to make something else than tensors, such as an If or a function that gives a sequence. */
  const others = new Set<NodeProto>();
  const isRepeated = (node: NodeProto): boolean => others.has(node) || isMadeAgain(node);
  const isReadLater = (name: string): boolean =>
    index.consumersOf(name).some((node) => (isRepeated(node) ? node.outputs.some(isReadLater) : !executed.has(node)));
  const stored: Map<string, Tensor>[] = batches.map((feeds) => new Map(Object.entries(feeds)));
  const computed = new WeakSet<Tensor>();

  const openSegment = async (nodes: ReadonlySet<NodeProto>, target: string): Promise<Session> => {
    for (const node of nodes) if (!isRepeated(node)) executed.add(node);
    const outputs = [...nodes].flatMap((node) =>
      node.outputs.filter((name) => name === target || (name !== '' && !isRepeated(node) && isReadLater(name))),
    );
    const session = await openSession(cutOut(model, nodes, outputs, stored), provider);
    const untold = session.outputMetadata.filter(({ isTensor }) => !isTensor);
    if (untold.length === 0) return session;
    await session.release();
    for (const { name } of untold) {
      const maker = index.producerOf(name) as NodeProto;
      others.add(maker);
      executed.delete(maker);
    }
    return openSegment(nodes, target);
  };

  return async (target) => {
    const has = (name: string): boolean => stored[0]?.has(name) ?? false;
    const nodes = has(target) ? new Set<NodeProto>() : findMissing(index, target, has);
    if (nodes.size > 0) {
      const session = await openSegment(nodes, target);
      try {
        for (const tensors of stored) {
          const feeds = Object.fromEntries(session.inputNames.map((name) => [name, tensors.get(name) as Tensor]));
          const results = await session.run(feeds);
          for (const [name, tensor] of Object.entries(results)) {
            tensors.set(name, tensor);
            computed.add(tensor);
          }
        }
      } finally {
        await session.release();
      }
    }
    const found = stored.map((tensors) => tensors.get(target) as Tensor);
    for (const tensors of stored) {
      for (const [name, tensor] of tensors) {
        if (isReadLater(name)) continue;
        tensors.delete(name);
        // What was asked for is looked at now, and feeds are those of others too.
        if (name !== target && computed.has(tensor)) releaseTensors([tensor]);
      }
    }
    return found;
  };
}

/** Their results are no tensors, which ONNX Runtime cannot hand over. */
const SEQUENCE_MAKERS = new Set([
  'SequenceConstruct',
  'SequenceEmpty',
  'SequenceErase',
  'SequenceInsert',
  'SequenceMap',
  'SplitToSequence',
  'Optional',
]);

/** What dequantizes is cheap and made again in each segment, so that integers are kept and not floats; so are sequences. */
function isMadeAgain({ opType }: NodeProto): boolean {
  return opType === 'DequantizeLinear' || opType === 'Constant' || SEQUENCE_MAKERS.has(opType);
}

function findMissing(index: GraphIndex, target: string, has: (name: string) => boolean): Set<NodeProto> {
  const nodes = new Set<NodeProto>();
  const open = [target];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = name === '' || has(name) ? undefined : index.producerOf(name);
    if (!node || nodes.has(node)) continue;
    nodes.add(node);
    open.push(...node.inputs, ...capturedNames(node));
  }
  return nodes;
}

function cutOut(
  model: ModelProto,
  nodes: ReadonlySet<NodeProto>,
  outputs: readonly string[],
  stored: readonly ReadonlyMap<string, Tensor>[],
): ModelProto {
  const given = model.graph as GraphProto;
  const read = new Set([...nodes].flatMap((node) => [...node.inputs, ...capturedNames(node)]));
  const inputs = [...(stored[0]?.keys() ?? [])].filter((name) => read.has(name));
  const graph = createMessage(graphSchema, {
    ...given,
    nodes: given.nodes.filter((node) => nodes.has(node)),
    initializers: given.initializers.filter(({ name }) => read.has(name)),
    inputs: inputs.map((name) => describe(name, stored[0]?.get(name) as Tensor)),
    outputs: outputs.map((name) => createMessage(valueInfoSchema, { name })),
    valueInfos: [],
  });
  return createMessage(modelSchema, { ...model, graph });
}

/**
 * All sizes are left open. From known ones ONNX Runtime 1.30 makes a Gemm in float32 of a product and its addition, in int8 one that it then refuses
 * to load; and it finds out which branch of an If is taken, and as it put that in place it ended the process in a segment of a voice detector.
 */
function describe(name: string, { type, dims }: Tensor) {
  const tensor = createMessage(tensorTypeSchema, {
    elementType: ELEMENT_TYPES[type as ElementType].code,
    shape: createMessage(shapeSchema, { dimensions: dims.map(() => createMessage(dimensionSchema)) }),
  });
  return createMessage(valueInfoSchema, { name, type: createMessage(typeSchema, { tensor }) });
}
