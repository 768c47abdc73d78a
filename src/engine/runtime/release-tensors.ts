import type { Tensor } from './onnxruntime-types.ts';
import { releaseBuffers } from './release-buffers.ts';

/**
 * Gives back what ONNX Runtime made and nobody looks at any more, with the copies that onnxruntime-node makes of it, which disposing of a tensor
 * leaves to the garbage collector. Not for tensors whose values are a part of something else, as feeds are.
 */
export function releaseTensors(tensors: Iterable<Tensor>): void {
  for (const tensor of tensors) {
    const { data } = tensor;
    tensor.dispose();
    if (ArrayBuffer.isView(data)) releaseBuffers(data);
  }
}
