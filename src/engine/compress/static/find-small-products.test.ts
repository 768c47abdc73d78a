import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graphOf, nodeOf, valueOf } from '../../../../tests/fakes/small-model.ts';
import { loadModel } from '../../onnx/load-model.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { foldAll } from '../passes/fold-batch-norm.ts';
import { findSites } from './find-sites.ts';
import { findSmallProducts, type KeepsSmall } from './find-small-products.ts';

async function smallOf(name: string, keeps: KeepsSmall, macs?: number): Promise<string[]> {
  const { model } = await loadModel(join(import.meta.dirname, `../../../../resources/samples/fashion-${name}.onnx`));
  foldAll(model);
  const graph = model.graph as GraphProto;
  const sites = findSites(graph, { operators: ['Conv', 'MatMul', 'Gemm'], isExcluded: () => false, carries: true });
  // The first and the last are the small ones, unless all are alike.
  const edges = new Set([0, sites.products.length - 1]);
  const found = findSmallProducts(graph, {
    sites,
    macs: sites.products.map((_, position) => macs ?? (edges.has(position) ? 1 : 1000)),
    keeps,
  });
  return [...found].map(({ opType }) => opType).toSorted();
}

/** Which of a stack of matrix products of these widths stay float32, the last first. */
function smallInStack(widths: readonly number[]): string[] {
  const products = widths.map((width, layer) => ({
    node: nodeOf('MatMul', [`x${layer}`, `w${layer}`], [`x${layer + 1}`]),
    weight: tensorFrom(`w${layer}`, 'float32', [width, width], new Float32Array(width * width).fill(1)),
  }));
  const graph = graphOf({
    inputs: [valueOf('x0', 'float32')],
    outputs: [valueOf(`x${widths.length}`)],
    nodes: products.map(({ node }) => node),
    initializers: products.map(({ weight }) => weight),
  });
  const sites = findSites(graph, { operators: ['MatMul'], isExcluded: () => false, carries: true });
  const small = findSmallProducts(graph, { sites, macs: widths.map((width) => width ** 2), keeps: 'where-free' });
  return [...small].map(({ outputs }) => outputs[0] as string);
}

describe('small products', () => {
  test('that float32 surrounds stay float32: patch embedding and classifier of the transformer', async () => {
    expect(await smallOf('vit', 'where-free')).toEqual(['Conv', 'Gemm']);
  });

  test('are not the first of a network whose result goes on in integers', async () => {
    expect(await smallOf('resnet', 'where-free')).toEqual([]);
  });

  test('behind pooling in integers stay only when asked for, and the pooling with them', async () => {
    expect(await smallOf('resnet', 'always')).toEqual(['Flatten', 'Gemm', 'GlobalAveragePool']);
  });

  test('are none where all have the same share, or where it is not wanted', async () => {
    expect(await smallOf('vit', 'always', 1)).toEqual([]);
    expect(await smallOf('vit', 'never')).toEqual([]);
  });

  test('have 1 % each and 10 % together: of many equal layers none stays, and of others only the smallest', () => {
    expect(smallInStack(Array.from({ length: 120 }, () => 4))).toEqual([]);
    expect(smallInStack([...Array.from({ length: 99 }, () => 8), 3, 4, 5])).toEqual(['x102', 'x101', 'x100']);
    const twelve = Array.from({ length: 12 }, () => 5);
    expect(smallInStack([...Array.from({ length: 40 }, () => 8), 2, ...twelve])).toEqual(['x41']);
  });
});
