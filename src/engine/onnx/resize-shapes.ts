/** Shapes of images that are made larger or smaller. */
import { findAttribute, intsAttribute, textAttribute } from './attributes.ts';
import type { Inferred } from './infer-shapes.ts';
import type { NodeProto } from './ir.ts';
import { inputAt, normalizeAxis, type Rule, shaped, shapedLike } from './shape-rule.ts';

/**
 * Resize from opset 10 on, and Upsample before it. Where a region is cropped, or one side follows from the other, only the rank is told.
 * Source: https://onnx.ai/onnx/operators/onnx__Resize.html, and ONNX Runtime's upsamplebase.h for how products are rounded.
 */
export const resize: Rule = (node, inputs) => {
  const dims = inputs[0]?.dims;
  if (!dims) return [];
  const isCropped = textAttribute(node, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize';
  const isStretched = textAttribute(node, 'keep_aspect_ratio_policy', 'stretch') === 'stretch';
  if (isCropped || !isStretched) return [shapedLike(dims)];
  const axes = intsAttribute(node, 'axes')?.map((axis) => normalizeAxis(axis, dims.length)) ?? [...dims.keys()];
  const sizes = inputAt(node, inputs, 3)?.values;
  const scales = scalesOf(node, inputs);
  return [
    shaped(
      dims.map((size, axis) => {
        const at = axes.indexOf(axis);
        if (at === -1) return size;
        if (sizes) return sizes[at] ?? null;
        const scale = scales?.[at];
        return size === null || scale === undefined ? null : Math.floor(Math.fround(size * scale));
      }),
    ),
  ];
};

/** An attribute of the oldest Upsample, and the second input until opset 10. */
function scalesOf(node: NodeProto, inputs: readonly Inferred[]): readonly number[] | undefined {
  const floats = findAttribute(node, 'scales')?.floats;
  if (floats && floats.length > 0) return floats;
  return inputAt(node, inputs, node.inputs.length <= 2 ? 1 : 2)?.floats;
}
