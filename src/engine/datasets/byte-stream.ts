/** Bytes that come in chunks, taken in the sizes that a format needs. Runs anywhere. */
import { joinBytes } from '#shared/join-bytes.ts';

/** The bytes of a dataset's file, unpacked when its name ends in `.gz`. Errors: `not-found`, `invalid-input`, `input-output`. */
export type ReadChunks = (path: string) => AsyncGenerator<Uint8Array>;

export type ByteStream = {
  /** The next bytes, fewer only at the end of the file. */
  take: (count: number) => Promise<Uint8Array>;
  close: () => Promise<void>;
};

export function streamOf(chunks: AsyncGenerator<Uint8Array>): ByteStream {
  let rest: Uint8Array = new Uint8Array(0);
  return {
    async take(count) {
      // Not allocated ahead by a count that a damaged header may have made up.
      const parts: Uint8Array[] = [];
      let length = 0;
      while (length < count) {
        if (rest.length === 0) {
          const { value, done } = await chunks.next();
          if (done) break;
          rest = value;
        }
        const part = rest.subarray(0, count - length);
        rest = rest.subarray(part.length);
        parts.push(part);
        length += part.length;
      }
      return joinBytes(parts);
    },
    async close() {
      await chunks.return(undefined);
    },
  };
}
