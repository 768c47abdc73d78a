/**
 * The largest magnitudes that the float32 tensors of a graph reach on calibration items. The graph reduces each tensor to two
 * numbers itself, so that hardly anything leaves ONNX Runtime.
 */
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { inferDtypes } from '../../onnx/infer-dtypes.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import {
  createAttribute,
  createNode,
  type GraphProto,
  graphSchema,
  type ModelProto,
  modelSchema,
  type NodeProto,
  valueInfoSchema,
} from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import { removeUnused } from '../../onnx/remove-unused.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { openCalibrationItems } from './open-calibration-items.ts';
import { feedBatches } from './feed-batches.ts';
import { refuseRun } from './find-shapes.ts';
import { openSession } from './open-session.ts';

const PROVIDER = 'node:cpu';

export type Magnitude = {
  /** Largest finite magnitude over all items. */
  highest: number;
  /** Of the items' largest finite magnitudes the smallest that is not zero; 0 where the tensor was zero all over. */
  faintest: number;
};

export type Magnitudes = {
  tensors: Map<string, Magnitude>;
  /** Where the items came from. */
  source: string;
  itemCount: number;
};

/**
 * Runs the main graph, one item at a time. Infinities, as masks have them, are left out.
 * @param request.itemLimit items to look at, the first ones
 * Errors: those of loading and running; `unsupported` when items and model do not fit.
 */
export async function observeMagnitudes(request: {
  model: ModelProto;
  inputs: InputSource;
  itemLimit: number;
  onProgress: (progress: EngineProgress) => void;
}): Promise<Magnitudes> {
  const { model, inputs, itemLimit, onProgress } = request;
  const names = floatTensorsOf(model.graph as GraphProto);
  const tensors = new Map<string, Magnitude>(names.map((name) => [name, { highest: 0, faintest: 0 }]));
  const items = await openCalibrationItems(inputs, model);
  const itemCount = Math.min(items.itemCount, itemLimit);
  if (names.length === 0) return { tensors, source: items.id, itemCount: 0 };
  const { observed, output } = reduceTensors(model, names);
  // ONNX Runtime's optimizers take time with the square of the nodes, of which four are added for each tensor; a few runs do not win it back.
  const session = await openSession(observed, PROVIDER, { graphOptimization: 'disabled' });
  try {
    let done = 0;
    for await (const batch of feedBatches(session, items, 1)) {
      const results = await session.run(batch.feeds).catch((error: unknown) => refuseRun(error, PROVIDER));
      const extremes = results[output]?.data as Float32Array;
      for (const [index, name] of names.entries()) {
        addItem(tensors.get(name) as Magnitude, extremes.subarray(2 * index, 2 * index + 2));
      }
      for (const tensor of Object.values(results)) tensor.dispose();
      done += batch.itemCount;
      onProgress({ fraction: Math.min(1, done / itemCount), message: `looking for the range of activations` });
      if (done >= itemCount) break;
    }
    return { tensors, source: items.id, itemCount: done };
  } finally {
    await session.release();
  }
}

function addItem(magnitude: Magnitude, extremes: Float32Array): void {
  const largest = extremes.reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    0,
  );
  if (largest === 0) return;
  magnitude.highest = Math.max(magnitude.highest, largest);
  magnitude.faintest = magnitude.faintest === 0 ? largest : Math.min(magnitude.faintest, largest);
}

/** Inputs, and what nodes make of dense numbers. */
function floatTensorsOf(graph: GraphProto): string[] {
  const dtypes = inferDtypes(graph);
  const weights = new Set(graph.initializers.map(({ name }) => name));
  return [
    ...graph.inputs.flatMap(({ name, type }) => (type?.tensor && !weights.has(name) ? [name] : [])),
    ...graph.nodes.filter((node) => !isConstant(node) && !makesSequence(node)).flatMap(({ outputs }) => outputs),
  ].filter((name) => dtypes.get(name) === 'float32');
}

const isConstant = (node: NodeProto): boolean => isStandard(node) && node.opType === 'Constant';
const makesSequence = ({ opType }: NodeProto): boolean => /^(?:Sequence(?!At$)|SplitToSequence|Optional)/.test(opType);

/** @returns the model whose only output is `[minimum, maximum]` of each tensor, one after the other */
function reduceTensors(model: ModelProto, names: readonly string[]): { observed: ModelProto; output: string } {
  const given = model.graph as GraphProto;
  const uniqueName = createNamer(model);
  const vector = tensorFrom(uniqueName('one_value'), 'int64', [1], BigInt64Array.of(1n));
  // ONNX Runtime orders nodes from the outputs backwards, what stands last in the file before the rest. So late tensors stand first: each is
  // reduced where it is made, and need not wait until all are there.
  const nodes: NodeProto[] = [];
  const reduced = names.flatMap((name) =>
    ['ReduceMin', 'ReduceMax'].map((opType) => {
      const [scalar, flat] = [uniqueName(`${name}_extreme`), uniqueName(`${name}_extreme_flat`)];
      nodes.unshift(
        createNode({
          opType,
          name: scalar,
          inputs: [name],
          outputs: [scalar],
          attributes: [createAttribute('keepdims', 0n)],
        }),
        createNode({ opType: 'Reshape', name: flat, inputs: [scalar, vector.name], outputs: [flat] }),
      );
      return flat;
    }),
  );
  const output = uniqueName('extremes');
  const attributes = [createAttribute('axis', 0n)];
  nodes.push(createNode({ opType: 'Concat', name: output, inputs: reduced, outputs: [output], attributes }));
  const graph = createMessage(graphSchema, {
    ...given,
    nodes: [...given.nodes, ...nodes],
    initializers: [...given.initializers, vector],
    outputs: [createMessage(valueInfoSchema, { name: output })],
  });
  removeUnused(graph);
  return { observed: createMessage(modelSchema, { ...model, graph }), output };
}
