import { expect, test } from 'vitest';
import { modelOf, nodeOf } from '../../../tests/fakes/small-model.ts';
import { indexGraph } from './graph-index.ts';
import type { GraphProto } from './ir.ts';
import { raiseIrVersion } from './raise-ir-version.ts';
import { tensorFrom } from './tensor-contents.ts';

const build = (irVersion: number) =>
  modelOf(
    9,
    {
      inputs: { x: ['float32', [2]], w: ['float32', [2]] },
      outputs: ['y'],
      nodes: [nodeOf('Add', ['x', 'w'], ['y'])],
      weights: [tensorFrom('w', 'float32', [2], Float32Array.of(1, 2))],
    },
    { irVersion },
  );

test.each([
  ['from before version 4 is constant, since nobody could replace it', 3, ['x'], 'w'],
  ['of a newer version may be replaced, and stays an input', 4, ['x', 'w'], undefined],
])('a weight that is an input too %s', (_name, irVersion, inputs, constant) => {
  const model = build(irVersion);
  raiseIrVersion(model);
  const graph = model.graph as GraphProto;
  expect(model.irVersion).toBe(4);
  expect(graph.inputs.map(({ name }) => name)).toEqual(inputs);
  expect(indexGraph(graph).constantOf('w')?.name).toBe(constant);
});
