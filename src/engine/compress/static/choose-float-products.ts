/** Which products stay in float32: those that are not worth rounding, and those that cost the outputs too much. */
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import { elementCount } from '../../onnx/element-count.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/ir.ts';
import { findShapes } from '../calibration/find-shapes.ts';
import { openCalibrationItems } from '../calibration/open-calibration-items.ts';
import type { Product, Sites } from './find-sites.ts';
import { findSmallProducts, type KeepsSmall } from './find-small-products.ts';
import { createNoiseMeter } from './measure-noise.ts';
import { type FidelityTarget, type Layer, mixPrecision, type MixedPrecision } from './mix-precision.ts';

/** Nodes of products that are not worth rounding. */
export async function chooseSmall(
  model: ModelProto,
  sites: Sites,
  about: { keepsSmall: KeepsSmall; inputs: InputSource; provider: ProviderId },
): Promise<Set<NodeProto>> {
  // Shapes may take a run.
  if (about.keepsSmall === 'never') return new Set();
  const layers = await countLayerMacs(model, sites.products, about);
  const macs = layers.map((layer) => layer.macs);
  return findSmallProducts(model.graph as GraphProto, { sites, macs, keeps: about.keepsSmall });
}

/** Which products stay float32 for the outputs to be near enough; `id` is the name of what a product makes. */
export async function chooseKept(
  model: ModelProto,
  about: {
    target: FidelityTarget;
    mostFloatShare: number;
    sites: Sites;
    quantize: (target: ModelProto, kept: ReadonlySet<string>) => Promise<unknown>;
    inputs: InputSource;
    provider: ProviderId;
    onProgress: (progress: EngineProgress) => void;
  },
): Promise<MixedPrecision & { itemCount: number }> {
  const { sites, quantize, onProgress } = about;
  const meter = await createNoiseMeter(model, about);
  const mixed = await mixPrecision({
    ...about,
    layers: await countLayerMacs(model, sites.products, about),
    async measure(kept) {
      const candidate = cloneModel(model);
      await quantize(candidate, kept);
      return meter.measure(candidate);
    },
    onMeasured: (count, mostCount) =>
      onProgress({
        fraction: count / mostCount,
        message: `measuring the sensitivity of layers, ${count} of ${mostCount}`,
      }),
  });
  return { ...mixed, itemCount: meter.itemCount };
}

async function countLayerMacs(
  model: ModelProto,
  products: readonly Product[],
  { inputs, provider }: { inputs: InputSource; provider: ProviderId },
): Promise<Layer[]> {
  const outputs = products.map(({ node }) => node.outputs[0] ?? '');
  const { shapes } = await findShapes(model, outputs, { items: await openCalibrationItems(inputs, model), provider });
  return products.map(({ name, weight, channelAxis }, index) => {
    const id = outputs[index] as string;
    const outputSize = (shapes.get(id) ?? []).reduce((total, size) => total * size, 1);
    return { id, name, macs: (outputSize * elementCount(weight)) / (weight.dims[channelAxis] as number) };
  });
}
