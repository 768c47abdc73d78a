import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { intAttribute, intsAttribute } from '../../onnx/attributes.ts';
import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { walkNodes } from '../../onnx/walk-model.ts';
import { finding } from '../pass.ts';
import { subjectOf } from './kernels.ts';

/** Up to 3 × 3, ONNX Runtime has an integer kernel that is as quick as others. */
const MOST_QUICK_ELEMENTS = 9;

/**
 * Depthwise convolutions with larger kernels that compute in integers: on a CPU with AVX-512 VNNI one of 5 × 5 took 5 to 7 times what the
 * blocked float32 kernel takes. What each costs depends on the CPU, so that an experiment has to tell whether the whole is slower.
 */
export function findWideDepthwise(variant: ModelProto): Finding[] {
  const wide = [...walkNodes(variant)].filter(isWideDepthwise);
  if (wide.length === 0) return [];
  const message = `${countText(wide.length, 'depthwise convolution')} with kernels larger than 3 × 3 ${wide.length === 1 ? 'computes' : 'compute'} in integers, for which ONNX Runtime has no quick kernel: each can take several times as long as in float32. Where an experiment says that the model is slower than its parent, name them in exclude, or take fold-batch-norm alone.`;
  return [finding('warning', 'wide-depthwise-in-integers', message, wide.map(subjectOf))];
}

function isWideDepthwise(node: NodeProto): boolean {
  const kernel = intsAttribute(node, 'kernel_shape') ?? [];
  const elements = kernel.reduce((total, size) => total * size, 1);
  return node.opType === 'QLinearConv' && intAttribute(node, 'group', 1) > 1 && elements > MOST_QUICK_ELEMENTS;
}
