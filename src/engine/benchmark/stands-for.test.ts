import { describe, expect, test } from 'vitest';
import { createNode, graphSchema, type ModelProto, modelSchema } from '../onnx/ir.ts';
import { createMessage } from '../onnx/message.ts';
import { standsFor } from './stands-for.ts';

type Line = readonly [type: string, name: string, inputs: string, outputs: string];

function modelOf(lines: readonly Line[]): ModelProto {
  const nodes = lines.map(([opType, name, inputs, outputs]) =>
    createNode({ opType, name, inputs: inputs.split(' '), outputs: outputs.split(' ') }),
  );
  return createMessage(modelSchema, { graph: createMessage(graphSchema, { nodes }) });
}

function meaning(source: readonly Line[], executed: readonly Line[]): Record<string, string[]> {
  const found = standsFor(modelOf(executed), modelOf(source));
  return Object.fromEntries([...found].map(([{ name }, names]) => [name, names]));
}

const residual: Line[] = [
  ['Conv', 'a', 'x w1', 'a_out'],
  ['BatchNormalization', 'bn_a', 'a_out s', 'bn_a_out'],
  ['Relu', 'relu_a', 'bn_a_out', 'relu_a_out'],
  ['Conv', 'b', 'relu_a_out w2', 'b_out'],
  ['BatchNormalization', 'bn_b', 'b_out s', 'bn_b_out'],
  ['Add', 'add', 'bn_b_out x', 'add_out'],
  ['Relu', 'relu_b', 'add_out', 'y'],
];

describe('what an executed node stands for', () => {
  test('blocked convolutions are named after a tensor: those before it and an addition behind it are in them', () => {
    const executed: Line[] = [
      ['Conv', 'relu_a_out_nchwc', 'x reorder w', 'reorder_token_2'],
      ['Conv', 'bn_b_out_nchwc', 'reorder_token_2 w x', 'reorder_token_4'],
      ['ReorderOutput', 'ReorderOutput', 'reorder_token_4', 'y'],
    ];
    expect(meaning(residual, executed)).toEqual({
      relu_a_out_nchwc: ['a', 'bn_a', 'relu_a'],
      bn_b_out_nchwc: ['b', 'bn_b', 'add', 'relu_b'],
    });
  });

  test('quantizing ends what comes before it, and dequantizing begins what comes behind', () => {
    const source: Line[] = [
      ['Conv', 'a', 'x w1', 'a_out'],
      ['Relu', 'relu', 'a_out', 'relu_out'],
      ['QuantizeLinear', 'q', 'relu_out s', 'q_out'],
      ['DequantizeLinear', 'dq', 'q_out s', 'dq_out'],
      ['Conv', 'b', 'dq_out w2', 'y'],
    ];
    const executed: Line[] = [
      ['QLinearConv', 'a_token_1', 'x w1', 'a_token_2'],
      ['QLinearConv', 'b_token_4', 'a_token_2 w2', 'y'],
    ];
    expect(meaning(source, executed)).toEqual({ a_token_1: ['a', 'relu'], b_token_4: ['b'] });
  });

  test('nodes of a branch that was inlined keep their own names behind a prefix', () => {
    const executed: Line[] = [
      ['Shape', 'If_0_then_branch__Inline_0__/dec/Shape', 'x', 'If_0_then_branch__Inline_0__s'],
    ];
    expect(meaning([['Shape', '/dec/Shape', 'x', 's']], executed)).toEqual({
      'If_0_then_branch__Inline_0__/dec/Shape': ['/dec/Shape'],
    });
  });

  test('what ONNX Runtime added stands for nothing', () => {
    const executed: Line[] = [
      ['Transpose', 'Transpose', 'x', 'Transpose_out0'],
      ['Relu', 'r', 'Transpose_out0', 'y'],
    ];
    expect(meaning([['Relu', 'r', 'x', 'y']], executed)).toEqual({ r: ['r'] });
  });
});
