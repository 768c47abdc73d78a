import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { ELEMENT_TYPES } from '../onnx/element-types.ts';
import { indexGraph } from '../onnx/graph-index.ts';
import type { GraphProto, ModelProto } from '../onnx/ir.ts';
import { contentByteLength } from '../onnx/tensor-contents.ts';
import { walkGraphs, walkNodes, walkTensors } from '../onnx/walk-model.ts';
import { createSession } from './create-session.ts';

/** Below, copies of the weights are little beside ONNX Runtime itself. */
const LEAST_BYTES = 16 * 2 ** 20;
/** What ONNX Runtime makes a part of the weights of a convolution before, where its other inputs are constants. */
const FOLDED = new Set(['BatchNormalization', 'Mul', 'Add']);
/** What goes into the weights of convolutions. Source: ONNX Runtime, onnxruntime_session_options_config_keys.h. */
const WITHOUT_CONVOLUTIONS = {
  'optimization.disable_specified_optimizers': 'ConvAddFusion;ConvMulFusion;ConvBNFusion',
};

/**
 * Has ONNX Runtime write a model with convolutions after all optimizations but those of the layout. To fold batch normalizations it copies
 * weights, to lay them out in blocks it copies them again, and the first copies stay until the model is loaded: from the folded file, whose
 * weights are mapped, it needs one copy only. Optimizations come in this order anyway, so the graph is the same in the end.
 * Weights in 16 bits take one round more, because the float32 that a CPU makes of them is a copy too.
 * @param path of the model's file, beside which a folder is made
 * @returns the path of what was written, or the given one where nothing would be gained, or the model does not load
 */
export async function foldFirst(
  path: string,
  model: ModelProto,
  { folder, ...options }: Parameters<typeof createSession>[1] & { folder: string },
): Promise<string> {
  const { provider, settings } = options;
  if (provider !== 'node:cpu' || settings.graphOptimization !== 'all' || !hasLargeConvolutions(model)) return path;
  let folded = path;
  try {
    for (const [index, config] of planRounds(model).entries()) {
      const inner = join(folder, `folded-${index}`);
      await mkdir(inner);
      const written = join(inner, basename(path));
      const { session } = await createSession(folded, {
        provider,
        settings: {
          ...settings,
          graphOptimization: 'extended',
          sessionConfig: { ...config, ...settings.sessionConfig },
        },
        leavesWeights: true,
        optimizedGraph: { path: written, weightsFile: 'weights.bin' },
      });
      await session.release();
      folded = written;
    }
    return folded;
  } catch (error) {
    // Loading it as it is says why.
    if (error instanceof AppError) return path;
    throw error;
  }
}

/** @returns of each round what ONNX Runtime's session configuration gets */
function planRounds(model: ModelProto): Record<string, string>[] {
  const codes = new Set([...walkTensors(model)].map(({ dataType }) => dataType));
  // Casts that ONNX Runtime itself puts before float16, after its folding, are folded the second time.
  if (codes.has(ELEMENT_TYPES.float16.code)) return [{}, {}];
  // Casts of the model are folded first, and what comes of that goes into convolutions the second time.
  if (codes.has(ELEMENT_TYPES.bfloat16.code)) return [WITHOUT_CONVOLUTIONS, {}];
  return [...walkGraphs(model)].some(foldsConvolutions) ? [{}] : [];
}

/** Constants from around a subgraph are not looked for: what is overlooked only takes memory. */
function foldsConvolutions(graph: GraphProto): boolean {
  const index = indexGraph(graph);
  return graph.nodes.some(({ opType, inputs }) => {
    if (!FOLDED.has(opType)) return false;
    const convolved = inputs.filter((name) => index.producerOf(name)?.opType === 'Conv');
    return convolved.length === 1 && inputs.every((name) => name === convolved[0] || index.constantOf(name));
  });
}

/** Whether laying out weights for the kernels of convolutions takes memory and time that count. */
export function hasLargeConvolutions(model: ModelProto): boolean {
  if (![...walkNodes(model)].some(({ opType }) => opType === 'Conv')) return false;
  return [...walkTensors(model)].reduce((sum, tensor) => sum + contentByteLength(tensor), 0) >= LEAST_BYTES;
}
