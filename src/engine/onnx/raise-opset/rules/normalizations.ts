import { intAttribute } from '../../attributes.ts';
import { createAttribute, createNode, type NodeProto } from '../../ir.ts';
import type { RaiseRule } from '../raise-rule.ts';

/** There are means over all pixels of a channel only. */
export const batchNormSpatial: RaiseRule = (node, { editor, refuse }) => {
  if (intAttribute(node, 'spatial', 1) !== 1) refuse('normalizes each pixel by itself (spatial = 0), which is gone');
  editor.update(node, { attributes: node.attributes.filter(({ name }) => name !== 'spatial') });
};

/** Outputs beyond the first one were for training, and are now made in another way. */
export const batchNormOutputs: RaiseRule = (node, { editor, refuse }) => {
  const [output = '', ...others] = node.outputs;
  if (others.some((name) => name !== '' && (editor.consumersOf(name).length > 0 || editor.isOutput(name)))) {
    refuse('gives means and variances of training');
  }
  editor.update(node, { outputs: [output] });
};

/** Scale and bias were one for each group, and are now one for each channel: they are repeated. */
export const groupNormPerChannel: RaiseRule = (node, { editor, addWeight }) => {
  const [input = '', scale = '', bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const groups = BigInt(intAttribute(node, 'num_groups', 1));
  const weight = (part: string, ...values: bigint[]) =>
    addWeight(`${output}_${part}`, 'int64', [values.length], BigInt64Array.from(values));
  const made: NodeProto[] = [];
  const add = (opType: string, inputs: string[], wish: string, attributes: NodeProto['attributes'] = []): string => {
    const name = editor.uniqueName(`${output}_${wish}`);
    made.push(createNode({ opType, name: editor.uniqueName(`${name}_node`), inputs, outputs: [name], attributes }));
    return name;
  };
  const channels = add('Shape', [input], 'channels', [createAttribute('start', 1n), createAttribute('end', 2n)]);
  const count = weight('group_count', groups);
  const perGroup = add('Div', [channels, count], 'channels_per_group');
  const target = add('Concat', [count, perGroup], 'groups', [createAttribute('axis', 0n)]);
  const [last, flat] = [weight('last_axis', -1n), weight('flat', -1n)];
  const repeat = (name: string, part: string): string => {
    const column = add('Unsqueeze', [name, last], `${part}_column`);
    return add('Reshape', [add('Expand', [column, target], `${part}_repeated`), flat], `${part}_per_channel`);
  };
  const inputs = [input, repeat(scale, 'scale'), repeat(bias, 'bias')];
  editor.insertBefore(node, ...made);
  editor.update(node, { inputs });
};
