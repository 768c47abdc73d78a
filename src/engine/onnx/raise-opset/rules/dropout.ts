import type { RaiseRule } from '../raise-rule.ts';

/** The mask has another type; ONNX Runtime filled it with zeros before opset 12 and fills it with ones since then. */
export const dropoutMask: RaiseRule = (node, { editor, refuse }) => {
  const [output = '', mask = ''] = node.outputs;
  if (mask !== '' && (editor.consumersOf(mask).length > 0 || editor.isOutput(mask))) refuse('gives its mask to others');
  editor.update(node, { outputs: [output] });
};

/** The ratio says nothing where nothing is trained. */
export const dropoutRatio: RaiseRule = (node, context) => {
  dropoutMask(node, context);
  context.editor.update(node, { attributes: node.attributes.filter(({ name }) => name !== 'ratio') });
};
