import { intAttribute } from '../../attributes.ts';
import { createAttribute, createNode } from '../../ir.ts';
import type { RaiseRule } from '../raise-rule.ts';

/**
 * Softmax, LogSoftmax and Hardmax went over all dimensions from `axis` on, taken as one, and `axis` was 1 by default. Now they go over
 * one dimension. Where it is not the last one anyway, the input is flattened to that one dimension, and shaped back.
 */
export const softmaxAxis: RaiseRule = (node, { editor, rankOf }) => {
  const axis = intAttribute(node, 'axis', 1);
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const rank = rankOf(input);
  const attributes = [...node.attributes.filter(({ name }) => name !== 'axis'), createAttribute('axis', -1n)];
  if (axis === -1 || (rank !== null && axis === rank - 1)) {
    editor.update(node, { attributes });
    return;
  }
  const [shape, flat, result] = ['shape', 'flat', 'result'].map((part) => editor.uniqueName(`${output}_${part}`)) as [
    string,
    string,
    string,
  ];
  const part = (opType: string, inputs: string[], outputs: string[], more = [] as typeof attributes) =>
    createNode({ opType, name: editor.uniqueName(`${outputs[0]}_node`), inputs, outputs, attributes: more });
  editor.update(node, { inputs: [flat], outputs: [result], attributes });
  editor.insertBefore(
    node,
    part('Shape', [input], [shape]),
    part('Flatten', [input], [flat], [createAttribute('axis', BigInt(axis))]),
  );
  editor.insertAfter(node, part('Reshape', [result, shape], [output]));
};
