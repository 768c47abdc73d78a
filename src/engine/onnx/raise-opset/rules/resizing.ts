import { findAttribute, textAttribute } from '../../attributes.ts';
import { createAttribute } from '../../ir.ts';
import { elementCount } from '../../element-count.ts';
import { floatsOf } from '../../tensor-contents.ts';
import type { RaiseRule } from '../raise-rule.ts';

/** The same operator under its new name. */
export const upsampleToResize: RaiseRule = (node, { editor }) => editor.update(node, { opType: 'Resize' });

/**
 * Says what was meant before there were modes: x_original = x / scale, and of the neighbours the one below where it is made
 * larger. Where it is made smaller ONNX Runtime takes the one above; one node can only do one of the two from here on.
 * Source: onnxruntime/core/providers/cpu/tensor/upsamplebase.h, ResizeNearestMode::SIMPLE.
 */
export const resizeModes: RaiseRule = (node, { editor, addWeight, refuse }) => {
  const [input = '', scales = ''] = node.inputs;
  const attributes = [...node.attributes, createAttribute('coordinate_transformation_mode', 'asymmetric')];
  if (textAttribute(node, 'mode', 'nearest') === 'nearest') {
    const tensor = editor.constantOf(scales);
    if (!tensor) return refuse('has scales that are computed, so that it cannot be told which neighbours it takes');
    const values = [...floatsOf(tensor)];
    const shrinks = values.some((scale) => scale < 1);
    if (shrinks && values.some((scale) => scale > 1))
      return refuse('makes one dimension larger and another one smaller');
    attributes.push(createAttribute('nearest_mode', shrinks ? 'ceil' : 'floor'));
  }
  const roi = addWeight(`${node.name || node.outputs[0]}_roi`, 'float32', [0], new Float32Array(0));
  editor.update(node, { inputs: [input, roi, scales], attributes });
};

/** Empty inputs became inputs that are left out, and one mode went. */
export const resizeInputs: RaiseRule = (node, { editor, refuse }) => {
  const mode = findAttribute(node, 'coordinate_transformation_mode')?.bytes;
  if (mode && Buffer.from(mode).toString('utf8') === 'tf_half_pixel_for_nn') {
    return refuse('resizes by tf_half_pixel_for_nn, which is gone');
  }
  const isEmpty = (name: string): boolean => {
    const tensor = editor.constantOf(name);
    return tensor !== undefined && elementCount(tensor) === 0;
  };
  editor.update(node, { inputs: node.inputs.map((name, index) => (index > 0 && isEmpty(name) ? '' : name)) });
};
