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
const absOrExp = (read: string, made: string): NodeProto =>
  choice('c', [made], branch(['t'], [nodeOf('Abs', [read], ['t'])]), branch(['t'], [nodeOf('Exp', [read], ['t'])]));
/** Nodes that make the condition `c` of the rows of x, `size`. */
const decidedBy = (condition: NodeProto[], before?: NodeProto[], rows: number | string = 'rows'): ModelProto => {
  const ofOne = (name: string, value: bigint): TensorProto => tensorFrom(name, 'int64', [1], BigInt64Array.of(value));
  const size = [nodeOf('Shape', ['x'], ['shape']), nodeOf('Slice', ['shape', 'from', 'to'], ['size'])];
  return around(
    [...(before?.length ? before : size), ...condition, absOrExp('x', 'y')],
    [ofOne('from', 0n), ofOne('to', 1n), ofOne('two', 2n), ofOne('four', 4n)],
    ['y'],
    rows,
  );
};
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
  'a size that decides by more than whether it is there': {
    build: () => decidedBy([nodeOf('Div', ['size', 'two'], ['d']), nodeOf('Cast', ['d'], ['c'], { to: 9n })]),
    operators: ['Shape', 'Slice', 'Div', 'Cast', 'If', 'Abs', 'Exp'],
  },
  'a part of a size that is the same for all but small batches': {
    build: () =>
      decidedBy(
        [
          nodeOf('Shape', ['part'], ['s']),
          nodeOf('Slice', ['s', 'from', 'to'], ['n']),
          nodeOf('Sub', ['n', 'to'], ['d']),
          nodeOf('Cast', ['d'], ['c'], { to: 9n }),
        ],
        [nodeOf('Slice', ['x', 'from', 'two'], ['part'])],
      ),
    operators: ['Slice', 'Shape', 'Slice', 'Sub', 'Cast', 'If', 'Abs', 'Exp'],
  },
  'a fraction, and what counts as true, of a size that the file fixes': {
    build: () =>
      decidedBy(
        [
          nodeOf('Cast', ['size'], ['f'], { to: 1n }),
          nodeOf('Cast', ['four'], ['divisor'], { to: 1n }),
          nodeOf('Div', ['f', 'divisor'], ['share']),
          nodeOf('Cast', ['share'], ['c'], { to: 9n }),
        ],
        [],
        3,
      ),
    operators: ['Shape', 'Slice', 'Cast', 'Div', 'Cast', 'If', 'Abs', 'Exp'],
  },
  'a truth that is computed with': {
    build: () =>
      decidedBy(
        [
          nodeOf('Cast', ['size'], ['is'], { to: 9n }),
          nodeOf('Cast', ['is'], ['one'], { to: 7n }),
          nodeOf('Sub', ['one', 'to'], ['none']),
          nodeOf('Cast', ['none'], ['c'], { to: 9n }),
        ],
        [],
        3,
      ),
    operators: ['Exp'],
  },
  'what a loop is given may be of any size, whatever it declares': {
    build: () => {
      const [shape, ...nodes] = isThree();
      const body = graphOf({
        inputs: [valueOf('round', 'int64', []), valueOf('goes', 'bool', []), valueOf('v', 'float32', [3, 3])],
        outputs: [valueOf('goes'), valueOf('next')],
        nodes: [
          nodeOf('Shape', ['v'], [shape!.outputs[0]!]),
          nodes[0]!,
          nodeOf('Sub', ['rows', 'three'], ['d']),
          nodeOf('Cast', ['d'], ['c'], { to: 9n }),
          absOrExp('v', 'next'),
        ],
      });
      const rounds = tensorFrom('rounds', 'int64', [], BigInt64Array.of(1n));
      const three = tensorFrom('three', 'int64', [], BigInt64Array.of(3n));
      return around([nodeOf('Loop', ['rounds', '', 'x'], ['y'], { body })], [first, rounds, three], ['y'], 'rows');
    },
    operators: ['Loop', 'Shape', 'Gather', 'Sub', 'Cast', 'If', 'Abs', 'Exp'],
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
  // Where the file leaves the rows of x open, one is what a condition is most easily wrong about.
  const hasOpenRows = model.graph?.inputs[0]?.type?.tensor?.shape?.dimensions[0]?.value === undefined;
  const options = hasOpenRows ? { shapes: { x: [1, 3] } } : {};
  expect(distanceInUlps(await runModel(model, options), await runModel(build(), options))).toBe(0);
});

test('the recurrent layers of a voice detector stand in the main graph, where the size of its state decides', async () => {
  const { path, shapes } = realModels.find(({ name }) => name === 'silero_vad_half')!;
  const { model } = await loadModel(path);
  const before = cloneModel(model);
  expect(await foldConstants(model)).toMatchObject({ branchCount: 1 });
  expect(model.graph?.nodes.some(({ opType }) => opType === 'LSTM')).toBe(true);
  expect(distanceInUlps(await runModel(model, { shapes }), await runModel(before, { shapes }))).toBe(0);
});
