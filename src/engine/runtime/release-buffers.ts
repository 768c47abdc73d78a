/**
 * Gives back the memory of large arrays that nobody looks at any more, without waiting for the garbage collector, which does not see that
 * memory outside of its heap is short. Afterwards the arrays are empty.
 */
export function releaseBuffers(...arrays: readonly { buffer: ArrayBufferLike }[]): void {
  for (const { buffer } of arrays) if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
