/**
 * Gives back the memory of large arrays that nobody looks at any more, without waiting for the garbage collector, which does not see that
 * memory outside of its heap is short. Several may be views of one buffer. Afterwards the arrays are empty.
 */
export function releaseBuffers(...arrays: readonly { buffer: ArrayBufferLike }[]): void {
  for (const buffer of new Set(arrays.map((array) => array.buffer))) {
    if (buffer instanceof ArrayBuffer) buffer.transfer(0);
  }
}
