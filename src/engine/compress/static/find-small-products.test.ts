import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../onnx/load-model.ts';
import type { GraphProto } from '../../onnx/ir.ts';
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
});
