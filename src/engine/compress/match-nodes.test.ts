import { describe, expect, test } from 'vitest';
import { graphOf, modelOf, nodeOf } from '../../../tests/fakes/small-model.ts';
import type { NodeProto } from '../onnx/ir.ts';
import { walkNodes } from '../onnx/walk-model.ts';
import { matchNames, matchOperators } from './match-nodes.ts';
import { nodeLabel } from './node-label.ts';

const model = modelOf(17, {
  inputs: { flag: ['bool', []] },
  outputs: ['y'],
  nodes: [
    nodeOf('MatMul', ['x', 'w'], ['a'], {}, { name: '/layer.0/a(b)' }),
    nodeOf('Relu', ['a'], ['middle'], {}, { name: '' }),
    nodeOf('If', ['flag'], ['y'], {
      then_branch: graphOf({ nodes: [nodeOf('Neg', ['a'], ['t'], {}, { name: '/layer.1/inner' })] }),
    }),
  ],
});

const matched = (isMatched: (node: NodeProto) => boolean): string[] =>
  [...walkNodes(model)].filter(isMatched).map(nodeLabel);

describe('names', () => {
  test.each([
    [[], []],
    [['/layer.0/a(b)'], ['/layer.0/a(b)']],
    [['/layer.*'], ['/layer.0/a(b)', '/layer.1/inner']],
    [
      ['middle', '*inner'],
      ['middle', '/layer.1/inner'],
    ],
  ])('%j are those of %j; a node without a name has that of what it makes', (texts, expected) => {
    expect(matched(matchNames(model, texts, 'exclude')).toSorted()).toEqual(expected.toSorted());
  });

  test.each(['/layer_0/a(b)', '/layer.0', 'Middle', '*outer'])('“%s” is refused, which no node has', (text) => {
    expect(() => matchNames(model, [text], 'blockNodes')).toThrow(
      `blockNodes names “${text}”, and no node of the model has that name.`,
    );
  });
});

describe('types', () => {
  test('that the model has are matched in subgraphs too', () => {
    expect(matched(matchOperators(model, ['Neg'], { setting: 'excludeOperators' }))).toEqual(['/layer.1/inner']);
  });

  test('that it does not have are refused, unless they are allowed all the same', () => {
    const about = { setting: 'blockOperators', allowed: ['Range'] };
    expect(matched(matchOperators(model, ['Range'], about))).toEqual([]);
    expect(() => matchOperators(model, ['Range', 'neg'], about)).toThrow(
      'blockOperators names “neg”, which the model does not have. Correct or remove it; it has If, MatMul, Neg, Relu.',
    );
  });
});
