import { expect, test } from 'vitest';
import { graphOf, nodeOf, valueOf } from '../../../tests/fakes/small-model.ts';
import { estimateActivations } from './estimate-memory.ts';

const row = (bytes: number): Map<string, number[]> => new Map([['x', [bytes / 4]]]);

test('a chain holds its input, its output and one tensor between them at a time', () => {
  const graph = graphOf({
    inputs: [valueOf('x', 'float32', ['n'])],
    outputs: [valueOf('y')],
    nodes: [nodeOf('Relu', ['x'], ['a']), nodeOf('Relu', ['a'], ['b']), nodeOf('Relu', ['b'], ['y'])],
  });
  // While the second and the third node run: x, and two of a, b, y.
  expect(estimateActivations(graph, row(400))).toBe(3 * 400);
});

test('a branch keeps what is read again later', () => {
  const graph = graphOf({
    inputs: [valueOf('x', 'float32', ['n'])],
    outputs: [valueOf('y')],
    nodes: [
      nodeOf('Relu', ['x'], ['kept']),
      nodeOf('Relu', ['kept'], ['a']),
      nodeOf('Relu', ['a'], ['b']),
      nodeOf('Add', ['b', 'kept'], ['y']),
    ],
  });
  expect(estimateActivations(graph, row(400))).toBe(4 * 400);
});

test('bytes follow the element type', () => {
  const graph = graphOf({
    inputs: [valueOf('x', 'float32', ['n'])],
    outputs: [valueOf('y')],
    nodes: [nodeOf('Cast', ['x'], ['y'], { to: 10n })],
  });
  expect(estimateActivations(graph, row(400))).toBe(400 + 200);
});

test('nothing is claimed where sizes cannot be told', () => {
  const graph = graphOf({
    inputs: [valueOf('x', 'float32', ['n'])],
    outputs: [valueOf('y')],
    nodes: [nodeOf('NonZero', ['x'], ['a']), nodeOf('Cast', ['a'], ['y'], { to: 1n })],
  });
  expect(estimateActivations(graph, row(400))).toBeNull();
});
