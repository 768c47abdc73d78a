/**
 * Writes quantization into a graph as pairs of QuantizeLinear and DequantizeLinear (QDQ): the model stays one of float32
 * operators that any runtime can follow, and ONNX Runtime makes integer kernels of what stands between the pairs.
 */
import { editGraph } from '../../onnx/graph-editor.ts';
import { createAttribute, createNode, type GraphProto, type NodeProto, type TensorProto } from '../../onnx/ir.ts';
import type { Product, Sites } from './find-sites.ts';
import {
  type ActivationType,
  quantizeConstant,
  type ScaleAndZero,
  shiftedZeroPoint,
  type WeightType,
} from './quantize-tensor.ts';
import { createUnpacker, integersTensor, zeroPointsTensor } from './store-integers.ts';

export type QuantizedProduct = {
  product: Product;
  /** Symmetric, around 0, `limit` at most. */
  values: Int8Array;
  limit: number;
  /** That the file holds them in. */
  type: WeightType;
  /** One for each output channel, or one. */
  scales: Float32Array;
  bias: { values: Int32Array; scales: Float32Array } | null;
  /** On average on calibration items in the float model, for each output channel and without the bias; null where that is not known. */
  meanOutputs: Float64Array | null;
};

export type Quantization = {
  sites: Sites;
  activationType: ActivationType;
  /** Whether all zero points are in the middle. */
  isSymmetric: boolean;
  activations: ReadonlyMap<string, ScaleAndZero>;
  products: readonly QuantizedProduct[];
  /** Whether products of one weight that round it alike share its integers; not where they are changed afterwards, each by itself. */
  sharesWeights: boolean;
  /** Domain of QuantizeLinear and DequantizeLinear: '' or com.microsoft. */
  domain: string;
  uniqueName: (wish: string) => string;
};

const zeroPointArrays = { uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array } as const;

/** What stands for tensors and biases of the float model. */
export type QdqNames = {
  integers: Map<string, string>;
  weights: Map<Product, string>;
  biases: Map<Product, { integers: string; scales: string }>;
};

/** `integers`: as they are stored; `unpacked`: as DequantizeLinear reads them. */
type WeightNames = { integers: string; unpacked: string; scale: string; zeroPoint: string };

export function insertQdq(graph: GraphProto, quantization: Quantization): QdqNames {
  const { sites, activations, activationType, products, domain, uniqueName } = quantization;
  const editor = editGraph(graph, uniqueName);
  const { addWeight } = editor;
  const biasNames = new Map<Product, { integers: string; scales: string }>();
  const leading: NodeProto[] = [];
  const dequantizedOf = new Map<string, string>();
  const integersOf = new Map<string, string>();
  const weightsOf = new Map<Product, string>();
  const storedOf = new Map<TensorProto, { values: Int8Array; scales: Float32Array; names: WeightNames }[]>();
  const unpack = createUnpacker(editor, (...nodes) => leading.push(...nodes));
  const quantizedNodes = new Set<NodeProto>([...products.map(({ product }) => product.node), ...sites.carriers]);

  for (const name of sites.tensors) {
    const parameters = activations.get(name);
    if (!parameters) throw new Error(`No scale was chosen for ${name}.`);
    const scale = addWeight(`${name}_scale`, 'float32', [], Float32Array.of(parameters.scale));
    const zero = addWeight(
      `${name}_zero_point`,
      activationType,
      [],
      zeroPointArrays[activationType].of(parameters.zeroPoint),
    );
    const shift = sites.shifts.get(name);
    const given = shift?.from ?? name;
    const givenZero = shift
      ? addWeight(
          `${given}_zero_point`,
          activationType,
          [],
          zeroPointArrays[activationType].of(shiftedZeroPoint(parameters, shift.shift, activationType)),
        )
      : zero;
    const [integers, floats] = [uniqueName(`${name}_quantized`), uniqueName(`${name}_dequantized`)];
    const pair = [
      createNode({
        opType: 'QuantizeLinear',
        domain,
        name: uniqueName(`${name}_quantize`),
        inputs: [given, scale, givenZero],
        outputs: [integers],
      }),
      createNode({
        opType: 'DequantizeLinear',
        domain,
        name: uniqueName(`${name}_dequantize`),
        inputs: [integers, scale, zero],
        outputs: [floats],
      }),
    ];
    dequantizedOf.set(name, floats);
    integersOf.set(name, integers);
    const readers = editor.consumersOf(name);
    editor.redirect(
      name,
      floats,
      sites.madeInIntegers.has(name) ? readers : readers.filter((node) => quantizedNodes.has(node)),
    );
    if (shift) editor.remove(shift.node);
    if (editor.producerOf(given)) editor.insertAfterTensor(given, ...pair);
    else leading.push(...pair);
  }

  for (const [name, value] of sites.constants) {
    const { scale, zeroPoint, integer } = quantizeConstant(value, activationType, quantization.isSymmetric);
    const array = zeroPointArrays[activationType];
    const floats = uniqueName(`${name}_dequantized`);
    const inputs = [
      addWeight(`${name}_quantized`, activationType, [], array.of(integer)),
      addWeight(`${name}_scale`, 'float32', [], Float32Array.of(scale)),
      addWeight(`${name}_zero_point`, activationType, [], array.of(zeroPoint)),
    ];
    const node = uniqueName(`${name}_dequantize`);
    leading.push(createNode({ opType: 'DequantizeLinear', domain, name: node, inputs, outputs: [floats] }));
    editor.redirect(
      name,
      floats,
      editor.consumersOf(name).filter((reader) => sites.carriers.includes(reader)),
    );
  }

  for (const { product, values, type, scales, bias } of products) {
    const { node, weight, channelAxis } = product;
    const perChannel = scales.length > 1;
    const axis = perChannel ? [createAttribute('axis', BigInt(channelAxis))] : [];
    const scaleDims = perChannel ? [scales.length] : [];
    const dequantize = (
      wish: string,
      integers: string,
      scale: string,
      zero: string,
      attributes: NodeProto['attributes'],
    ): string => {
      const floats = uniqueName(`${wish}_dequantized`);
      leading.push(
        createNode({
          opType: 'DequantizeLinear',
          domain,
          name: uniqueName(`${wish}_dequantize`),
          inputs: [integers, scale, zero],
          outputs: [floats],
          attributes,
        }),
      );
      return floats;
    };
    const wish = node.inputs[1] ?? weight.name;
    const alike = storedOf
      .get(weight)
      ?.find((stored) => isEqual(stored.values, values) && isEqual(stored.scales, scales));
    const names = alike?.names ?? storeWeight(wish);
    if (!alike && quantization.sharesWeights)
      storedOf.set(weight, [...(storedOf.get(weight) ?? []), { values, scales, names }]);
    weightsOf.set(product, names.integers);
    node.inputs = [...node.inputs];
    node.inputs[1] = dequantize(wish, names.unpacked, names.scale, names.zeroPoint, axis);

    function storeWeight(base: string): WeightNames {
      const integers = editor.addTensor(integersTensor(uniqueName(`${base}_quantized`), values, type, weight.dims));
      return {
        integers,
        unpacked: type === 'int4' ? unpack(integers, weight.dims) : integers,
        scale: addWeight(`${base}_scale`, 'float32', scaleDims, scales),
        zeroPoint: editor.addTensor(zeroPointsTensor(uniqueName(`${base}_zero_point`), type, scaleDims)),
      };
    }
    if (bias) {
      const biasWish = product.bias ? (node.inputs[2] ?? '') : `${wish}_bias`;
      const biasDims = bias.scales.length > 1 ? [bias.scales.length] : [];
      const names = {
        integers: addWeight(`${biasWish}_quantized`, 'int32', [bias.values.length], bias.values),
        scales: addWeight(`${biasWish}_scale`, 'float32', biasDims, bias.scales),
      };
      const zero = addWeight(`${biasWish}_zero_point`, 'int32', biasDims, new Int32Array(bias.scales.length));
      const biasAxis = perChannel ? [createAttribute('axis', 0n)] : [];
      node.inputs[2] = dequantize(biasWish, names.integers, names.scales, zero, biasAxis);
      biasNames.set(product, names);
    }
  }

  editor.prepend(...leading);
  for (const { name } of graph.outputs) {
    if (!sites.madeInIntegers.has(name)) continue;
    // An output that is made in integers is what comes out of its pair, under its own name.
    editor.rename(name, uniqueName(`${name}_float`));
    editor.rename(dequantizedOf.get(name) as string, name);
  }
  editor.removeUnused();
  return { integers: integersOf, weights: weightsOf, biases: biasNames };
}

function isEqual(some: Int8Array | Float32Array, others: Int8Array | Float32Array): boolean {
  return some.length === others.length && some.every((value, index) => value === others[index]);
}
