/**
 * Memory for one weight that is used again for the next: of dropped buffers of this size a few make the garbage collector run, and the
 * pages of new ones have to be cleared.
 */

/** Weights of most models are smaller; larger buffers are given back to the system at once. */
const LARGEST_KEPT_BYTES = 16 * 2 ** 20;
let spare: ArrayBuffer | null = null;

/** A buffer of at least so many bytes, whatever is in them, for whoever gives it back by `releaseScratch`. */
export function takeScratch(byteLength: number): ArrayBuffer {
  const known = spare;
  spare = null;
  if (known !== null && known.byteLength >= byteLength) return known;
  known?.transfer(0);
  return new ArrayBuffer(byteLength);
}

/** Views on it are not valid any more. */
export function releaseScratch(buffer: ArrayBuffer): void {
  const isKept = buffer.byteLength <= LARGEST_KEPT_BYTES && buffer.byteLength > (spare?.byteLength ?? 0);
  const dropped = isKept ? spare : buffer;
  if (isKept) spare = buffer;
  dropped?.transfer(0);
}
