/** Half precision inside of branches and loops, in the real ONNX Runtime. */
import { expect, test } from 'vitest';
import { graphOf, modelOf, nodeOf, randomWeight, runModel, valueOf } from '../../../tests/fakes/small-model.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import { ELEMENT_TYPES } from '../onnx/element-types.ts';
import type { GraphProto, ModelProto } from '../onnx/ir.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';
import { walkTensors } from '../onnx/walk-model.ts';
import { measureDistance } from '../quality/fidelity-meter.ts';
import { convertGraph } from './half-precision.ts';

const shape = [2, 8] as const;
const float = (name: string) => valueOf(name, 'float32', [...shape]);
const wide = tensorFrom('wide', 'float32', [8], new Float32Array(8).fill(1e6));

const models: Record<string, () => ModelProto> = {
  'branches that capture a weight and what is made before them': () =>
    modelOf(17, {
      inputs: { x: ['float32', shape], flag: ['bool', []] },
      outputs: ['y'],
      nodes: [
        nodeOf('Relu', ['x'], ['a']),
        nodeOf('If', ['flag'], ['b'], {
          then_branch: graphOf({ nodes: [nodeOf('MatMul', ['a', 'w'], ['t'])], outputs: [float('t')] }),
          else_branch: graphOf({
            nodes: [nodeOf('MatMul', ['a', 'w'], ['e']), nodeOf('Neg', ['e'], ['f'])],
            outputs: [float('f')],
          }),
        }),
        nodeOf('Tanh', ['b'], ['y']),
      ],
      weights: [randomWeight('w', [8, 8], 1)],
    }),
  'a branch inside of a branch': () =>
    modelOf(17, {
      inputs: { x: ['float32', shape], flag: ['bool', []] },
      outputs: ['y'],
      nodes: [
        nodeOf('If', ['flag'], ['y'], {
          then_branch: graphOf({
            nodes: [
              nodeOf('MatMul', ['x', 'w'], ['a']),
              nodeOf('If', ['flag'], ['b'], {
                then_branch: graphOf({ nodes: [nodeOf('Mul', ['a', 'v'], ['c'])], outputs: [float('c')] }),
                else_branch: graphOf({ nodes: [nodeOf('Identity', ['a'], ['d'])], outputs: [float('d')] }),
              }),
              nodeOf('Add', ['a', 'b'], ['t']),
            ],
            outputs: [float('t')],
            initializers: [randomWeight('v', [8], 2)],
          }),
          else_branch: graphOf({ nodes: [nodeOf('Neg', ['x'], ['e'])], outputs: [float('e')] }),
        }),
      ],
      weights: [randomWeight('w', [8, 8], 1)],
    }),
  'a loop that carries a state': () =>
    modelOf(17, {
      inputs: { x: ['float32', shape], flag: ['bool', []] },
      outputs: ['y', 'all'],
      nodes: [
        nodeOf('Sigmoid', ['x'], ['start']),
        nodeOf('Loop', ['count', 'flag', 'start'], ['y', 'all'], {
          body: graphOf({
            inputs: [valueOf('i', 'int64', []), valueOf('go', 'bool', []), float('state')],
            nodes: [
              nodeOf('MatMul', ['state', 'w'], ['p']),
              nodeOf('Tanh', ['p'], ['next']),
              nodeOf('Identity', ['go'], ['on']),
              nodeOf('Add', ['next', 'start'], ['kept']),
            ],
            outputs: [valueOf('on', 'bool', []), float('next'), float('kept')],
          }),
        }),
      ],
      weights: [randomWeight('w', [8, 8], 1), tensorFrom('count', 'int64', [], BigInt64Array.of(3n))],
    }),
  'a loop that does not declare of what type its state is': () =>
    modelOf(17, {
      inputs: { x: ['float32', shape] },
      outputs: ['y'],
      nodes: [
        nodeOf('Loop', ['count', '', 'x'], ['y'], {
          body: graphOf({
            inputs: [valueOf('i', 'int64', []), valueOf('go', 'bool', []), valueOf('state')],
            nodes: [
              nodeOf('MatMul', ['state', 'w'], ['next']),
              nodeOf('Tanh', ['next'], ['kept']),
              nodeOf('Identity', ['go'], ['on']),
            ],
            outputs: [valueOf('on'), valueOf('kept')],
          }),
        }),
      ],
      weights: [randomWeight('w', [8, 8], 1), tensorFrom('count', 'int64', [], BigInt64Array.of(3n))],
    }),
};

function convert(model: ModelProto): { model: ModelProto; done: ReturnType<typeof convertGraph> } {
  const converted = cloneModel(model);
  const done = convertGraph(converted, converted.graph as GraphProto, {
    keepInputsOutputs: true,
    isBlocked: () => false,
  });
  return { model: converted, done };
}

test.each(Object.entries(models))('%s', async (_name, build) => {
  const original = build();
  const { model, done } = convert(original);
  expect([...walkTensors(model)].filter(({ dataType }) => dataType === ELEMENT_TYPES.float32.code)).toEqual([]);
  expect(done.innerNodeCount).toBeGreaterThan(0);
  const [wanted, found] = [await runModel(original), await runModel(model)];
  for (const [index, output] of wanted.entries()) {
    expect(found[index]?.type).toBe('float32');
    const [exact, half] = [output, found[index] as typeof output].map(
      ({ bytes }) => new Float32Array(bytes.slice().buffer),
    ) as [Float32Array, Float32Array];
    const { signal, noise } = measureDistance(exact, half);
    expect(noise / signal).toBeLessThan(1e-5);
    expect(noise).toBeGreaterThan(0);
  }
});

test('a weight around a branch that float16 cannot hold keeps the node inside in float32', async () => {
  const original = modelOf(17, {
    inputs: { x: ['float32', shape], flag: ['bool', []] },
    outputs: ['y'],
    nodes: [
      nodeOf('Relu', ['x'], ['a']),
      nodeOf('If', ['flag'], ['y'], {
        then_branch: graphOf({
          nodes: [nodeOf('Mul', ['a', 'wide'], ['p']), nodeOf('Div', ['p', 'wide'], ['t'])],
          outputs: [float('t')],
        }),
        else_branch: graphOf({ nodes: [nodeOf('Neg', ['a'], ['e'])], outputs: [float('e')] }),
      }),
    ],
    weights: [wide],
  });
  const { model, done } = convert(original);
  expect(done.keptNodes).toEqual(['Mul_p', 'Div_t']);
  const [output] = await runModel(model);
  expect(new Float32Array((output as NonNullable<typeof output>).bytes.slice().buffer).every(Number.isFinite)).toBe(
    true,
  );
});

test.each([
  ['Max', [], 17],
  ['Min', [], 17],
  ['TopK', ['k'], 17],
  ['CumSum', ['axis'], 17],
])('%s computes in float16', async (opType, extra, opset) => {
  const inputs = opType === 'Max' || opType === 'Min' ? ['a', 'x'] : ['a', ...extra];
  const original = modelOf(opset, {
    inputs: { x: ['float32', shape] },
    outputs: ['y'],
    nodes: [
      nodeOf('Relu', ['x'], ['a']),
      nodeOf(opType, inputs, opType === 'TopK' ? ['b', 'indices'] : ['b']),
      nodeOf('Neg', ['b'], ['y']),
    ],
    weights: [
      tensorFrom('k', 'int64', [1], BigInt64Array.of(3n)),
      tensorFrom('axis', 'int64', [], BigInt64Array.of(1n)),
    ],
  });
  const { model } = convert(original);
  const operators = (model.graph as GraphProto).nodes.map((node) => node.opType);
  expect(operators.filter((name) => name === 'Cast')).toHaveLength(2);
  expect(await runModel(model)).toHaveLength(1);
});
