import { expect, test } from 'vitest';
import { modelOf, nodeOf } from '../../../tests/fakes/small-model.ts';
import { inferDtypes } from '../onnx/infer-dtypes.ts';
import { type GraphProto, opsetImportSchema } from '../onnx/ir.ts';
import { createMessage } from '../onnx/message.ts';
import { raiseOpset } from '../onnx/raise-opset/raise-opset.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';
import { declareTypes } from './declare-types.ts';
import { findSites } from './static/find-sites.ts';

/** A product behind an operator of another domain, whose result type no rule of ours tells. */
const build = () =>
  modelOf(
    17,
    {
      inputs: { x: ['float32', ['batch', 3, 3]] },
      outputs: ['y'],
      nodes: [
        nodeOf('Binarizer', ['x'], ['signs'], {}, { domain: 'ai.onnx.ml' }),
        nodeOf('Relu', ['signs'], ['positive']),
        nodeOf('MatMul', ['positive', 'w'], ['y']),
      ],
      weights: [tensorFrom('w', 'float32', [3, 2], new Float32Array(6).fill(0.5))],
    },
    {
      opsetImports: [
        createMessage(opsetImportSchema, { domain: '', version: 17 }),
        createMessage(opsetImportSchema, { domain: 'ai.onnx.ml', version: 3 }),
      ],
    },
  );
const options = { operators: ['MatMul'], isExcluded: () => false, carries: true };

test('a product behind an operator that is not known is seen to be float32, until the declarations go again', async () => {
  const graph = build().graph as GraphProto;
  const model = { ...build(), graph };
  expect(findSites(graph, options).skipped).toMatchObject([{ reason: 'it is not float32' }]);
  const undo = await declareTypes(model);
  expect(graph.valueInfos.map(({ name }) => name)).toEqual(['signs', 'positive', 'y']);
  expect(graph.valueInfos[0]?.type?.tensor?.shape?.dimensions).toHaveLength(3);
  expect(inferDtypes(graph).get('positive')).toBe('float32');
  expect(findSites(graph, options).products).toHaveLength(1);
  undo();
  expect(graph).toEqual(build().graph);
});

test('the declarations go from a graph that was raised to another opset too', async () => {
  const model = build();
  const undo = await declareTypes(model);
  raiseOpset(model, 21);
  expect(model.graph?.valueInfos).toHaveLength(3);
  undo();
  expect(model.graph?.valueInfos).toEqual([]);
});

test('nothing is declared where the rules tell everything', async () => {
  const model = modelOf(17, { inputs: { x: ['float32', [2]] }, outputs: ['y'], nodes: [nodeOf('Relu', ['x'], ['y'])] });
  await declareTypes(model);
  expect(model.graph?.valueInfos).toEqual([]);
});
