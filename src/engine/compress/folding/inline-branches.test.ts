/** Small models before and after, in the real ONNX Runtime. */
import { expect, test } from 'vitest';
import { distanceInUlps } from '../../../../tests/fakes/output-distance.ts';
import { realModels } from '../../../../tests/fakes/real-models.ts';
import { graphOf, modelOf, nodeOf, randomWeight, runModel, valueOf } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { walkNodes } from '../../onnx/walk-model.ts';
import { foldConstants } from './fold-constants.ts';

const operatorsOf = (model: ModelProto): string[] => [...walkNodes(model)].map(({ opType }) => opType);
const flag = (name: string, isTrue: boolean): TensorProto =>
  tensorFrom(name, 'bool', [], Uint8Array.of(isTrue ? 1 : 0));
const branch = (outputs: string[], nodes: NodeProto[], initializers: TensorProto[] = []): GraphProto =>
  graphOf({ nodes, initializers, outputs: outputs.map((name) => valueOf(name)) });
const choice = (condition: string, outputs: string[], then: GraphProto, otherwise: GraphProto): NodeProto =>
  nodeOf('If', [condition], outputs, { then_branch: then, else_branch: otherwise });
const around = (nodes: NodeProto[], weights: TensorProto[], outputs = ['y'], size: number | string = 2): ModelProto =>
  modelOf(17, { inputs: { x: ['float32', [size, 3]], free: ['bool', []] }, outputs, nodes, weights });
const isThree = (): NodeProto[] => [
  nodeOf('Shape', ['x'], ['shape']),
  nodeOf('Gather', ['shape', 'first'], ['rows']),
  nodeOf('Cast', ['rows'], ['c'], { to: 9n }),
];
const first = tensorFrom('first', 'int64', [], BigInt64Array.of(0n));

const cases: Record<string, { build: () => ModelProto; operators: string[] }> = {
  'the branch that is taken reads what is around it': {
    build: () =>
      around(
        [
          nodeOf('Not', ['f'], ['c']),
          nodeOf('Neg', ['x'], ['n']),
          choice(
            'c',
            ['y'],
            branch(['t'], [nodeOf('Add', ['n', 'w'], ['t'])], [randomWeight('w', [3], 1)]),
            branch(['t'], [nodeOf('Exp', ['x'], ['t'])]),
          ),
        ],
        [flag('f', false)],
      ),
    operators: ['Neg', 'Add'],
  },
  'the other branch': {
    build: () =>
      around(
        [
          choice(
            'f',
            ['y'],
            branch(['t'], [nodeOf('Abs', ['x'], ['t'])]),
            branch(['e'], [nodeOf('Exp', ['x'], ['e'])]),
          ),
        ],
        [flag('f', false)],
      ),
    operators: ['Exp'],
  },
  'tensors of the same name are around it and in others': {
    build: () =>
      around(
        [
          choice(
            'f',
            ['a'],
            branch(['s'], [nodeOf('Neg', ['x'], ['t']), nodeOf('Abs', ['t'], ['s'])]),
            branch(['s'], [nodeOf('Exp', ['x'], ['s'])]),
          ),
          choice(
            'free',
            ['b'],
            branch(['s'], [nodeOf('Exp', ['x'], ['t']), nodeOf('Abs', ['t'], ['s'])]),
            branch(['s'], [nodeOf('Sin', ['x'], ['s'])]),
          ),
          nodeOf('Sub', ['a', 'b'], ['y']),
        ],
        [flag('f', true)],
      ),
    operators: ['Neg', 'Abs', 'If', 'Sub', 'Exp', 'Abs', 'Sin'],
  },
  'branches give weights, tensors from around them, and what is an output': {
    build: () =>
      around(
        [
          nodeOf('Neg', ['x'], ['n']),
          choice(
            'f',
            ['a', 'b', 'c'],
            branch(
              ['w', 'k', 't'],
              [nodeOf('Identity', ['n'], ['k']), nodeOf('Exp', ['n'], ['t'])],
              [randomWeight('w', [3], 2)],
            ),
            branch(['k', 'k', 'k'], [nodeOf('Identity', ['n'], ['k'])]),
          ),
          nodeOf('Sum', ['a', 'b', 'c'], ['y']),
          nodeOf('Identity', ['c'], ['z']),
        ],
        [flag('f', true)],
        ['y', 'z', 'c'],
      ),
    operators: ['Neg', 'Exp', 'Sum', 'Identity'],
  },
  'a branch in a branch': {
    build: () => {
      const inner = choice(
        'g',
        ['i'],
        branch(['p'], [nodeOf('Abs', ['t'], ['p'])]),
        branch(['p'], [nodeOf('Exp', ['t'], ['p'])]),
      );
      return around(
        [
          choice(
            'f',
            ['y'],
            branch(['i'], [nodeOf('Neg', ['x'], ['t']), inner]),
            branch(['i'], [nodeOf('Sin', ['x'], ['i'])]),
          ),
        ],
        [flag('f', true), flag('g', false)],
      );
    },
    operators: ['Neg', 'Exp'],
  },
  'what is constant only where the branch is inlined': {
    build: () =>
      around(
        [
          choice(
            'f',
            ['g'],
            branch(['u'], [nodeOf('Not', ['f'], ['u'])]),
            branch(['u'], [nodeOf('Identity', ['f'], ['u'])]),
          ),
          choice(
            'g',
            ['y'],
            branch(['t'], [nodeOf('Abs', ['x'], ['t'])]),
            branch(['t'], [nodeOf('Exp', ['x'], ['t'])]),
          ),
        ],
        [flag('f', true)],
      ),
    operators: ['Exp'],
  },
  'a size that the file fixes': {
    build: () =>
      around(
        [
          ...isThree(),
          choice(
            'c',
            ['y'],
            branch(['t'], [nodeOf('Abs', ['x'], ['t'])]),
            branch(['t'], [nodeOf('Exp', ['x'], ['t'])]),
          ),
        ],
        [first],
      ),
    operators: ['Abs'],
  },
  'a size that the file leaves open stays a question': {
    build: () =>
      around(
        [
          ...isThree(),
          choice(
            'c',
            ['y'],
            branch(['t'], [nodeOf('Abs', ['x'], ['t'])]),
            branch(['t'], [nodeOf('Exp', ['x'], ['t'])]),
          ),
        ],
        [first],
        ['y'],
        'rows',
      ),
    operators: ['Shape', 'Gather', 'Cast', 'If', 'Abs', 'Exp'],
  },
  'a condition that whoever runs the model gives': {
    build: () =>
      around(
        [
          choice(
            'free',
            ['y'],
            branch(['t'], [nodeOf('Abs', ['x'], ['t'])]),
            branch(['t'], [nodeOf('Exp', ['x'], ['t'])]),
          ),
        ],
        [],
      ),
    operators: ['If', 'Abs', 'Exp'],
  },
};

test.each(Object.entries(cases))('%s: the outputs are the same bits', async (_words, { build, operators }) => {
  const model = build();
  await foldConstants(model);
  expect(operatorsOf(model)).toEqual(operators);
  expect(distanceInUlps(await runModel(model), await runModel(build()))).toBe(0);
});

test('the recurrent layers of a voice detector stand in the main graph, where the size of its state decides', async () => {
  const { path, shapes } = realModels.find(({ name }) => name === 'silero_vad_half')!;
  const { model } = await loadModel(path);
  const before = cloneModel(model);
  expect(await foldConstants(model)).toMatchObject({ branchCount: 1 });
  expect(model.graph?.nodes.some(({ opType }) => opType === 'LSTM')).toBe(true);
  expect(distanceInUlps(await runModel(model, { shapes }), await runModel(before, { shapes }))).toBe(0);
});
