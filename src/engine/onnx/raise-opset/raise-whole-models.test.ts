/** Subgraphs, functions, old weights and newer models, in the real ONNX Runtime. */
import { describe, expect, test } from 'vitest';
import { graphOf, modelOf, nodeOf, runModel, valueOf } from '../../../../tests/fakes/small-model.ts';
import { functionSchema, type NodeProto, opsetImportSchema } from '../ir.ts';
import { createMessage } from '../message.ts';
import { tensorFrom } from '../tensor-contents.ts';
import { NEWEST_OPSET, raiseOpset } from './raise-opset.ts';

describe('what stands around', () => {
  test('subgraphs are raised too, and read the tensors around them', async () => {
    const branch = (name: string, node: NodeProto) => graphOf({ outputs: [valueOf(name)], nodes: [node] });
    const build = () =>
      modelOf(
        11,
        {
          inputs: { x: ['float32', [2, 3, 4]], flag: ['bool', []] },
          outputs: ['y'],
          nodes: [
            nodeOf('Softmax', ['x'], ['s']),
            nodeOf('If', ['flag'], ['y'], {
              then_branch: branch('a', nodeOf('ReduceSum', ['s'], ['a'], { axes: [1n] })),
              else_branch: branch('b', nodeOf('Unsqueeze', ['x'], ['b'], { axes: [0n] })),
            }),
          ],
        },
        { irVersion: 6 },
      );
    const model = build();
    raiseOpset(model, NEWEST_OPSET);
    expect(model.irVersion).toBe(10);
    expect(await runModel(model)).toEqual(await runModel(build()));
  });

  test('functions are raised by their own opset, and other domains are left alone', async () => {
    const imports = (opset: number) => [
      createMessage(opsetImportSchema, { domain: '', version: opset }),
      createMessage(opsetImportSchema, { domain: 'own', version: 1 }),
      createMessage(opsetImportSchema, { domain: 'com.microsoft', version: 1 }),
    ];
    const build = () =>
      modelOf(
        12,
        {
          inputs: { x: ['float32', [2, 3, 4]] },
          outputs: ['y'],
          nodes: [
            nodeOf('Total', ['x'], ['t'], {}, { domain: 'own' }),
            nodeOf('FusedMatMul', ['t', 'x'], ['y'], { transB: 1n }, { domain: 'com.microsoft' }),
          ],
        },
        {
          opsetImports: imports(12),
          functions: [
            createMessage(functionSchema, {
              name: 'Total',
              domain: 'own',
              inputs: ['a'],
              outputs: ['c'],
              nodes: [nodeOf('Softmax', ['a'], ['b']), nodeOf('ReduceSum', ['b'], ['c'], { axes: [0n] })],
              opsetImports: imports(12),
            }),
          ],
        },
      );
    const model = build();
    raiseOpset(model, NEWEST_OPSET);
    expect(model.functions[0]?.nodes.some(({ opType }) => opType === 'Constant')).toBe(true);
    expect(await runModel(model)).toEqual(await runModel(build()));
  });

  test('weights that were inputs as well, as in IR version 3, are weights only', async () => {
    const build = () => {
      const model = modelOf(7, {
        inputs: { x: ['float32', [2]], w: ['float32', [2]] },
        outputs: ['y'],
        nodes: [nodeOf('Add', ['x', 'w'], ['y'])],
        weights: [tensorFrom('w', 'float32', [2], Float32Array.of(1, 2))],
      });
      model.irVersion = 3;
      return model;
    };
    const model = build();
    raiseOpset(model, 13);
    expect(model.graph?.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(model.irVersion).toBe(7);
  });

  test('an opset that is as new stays, and so does every byte', () => {
    const model = modelOf(17, { outputs: [], nodes: [nodeOf('Softmax', ['x'], ['y'])] });
    expect(raiseOpset(model, 13)).toBe(17);
    expect(model).toEqual(modelOf(17, { outputs: [], nodes: [nodeOf('Softmax', ['x'], ['y'])] }));
  });
});
