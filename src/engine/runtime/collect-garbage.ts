import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: ((options?: { type: 'minor' }) => void) | undefined;

/**
 * Gives back the memory of buffers that nobody has any more. Node does so by itself when its own heap grows; buffers lie outside of it, and
 * those of a model's weights would wait for long, while ONNX Runtime needs the room.
 * @param options.isOfYoung only what was made lately: a few milliseconds instead of tens
 */
export function collectGarbage({ isOfYoung = false } = {}): void {
  if (collect === undefined) {
    // The flag puts a function into contexts that are made afterwards.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as NonNullable<typeof collect>;
    setFlagsFromString('--no-expose-gc');
  }
  if (isOfYoung) collect({ type: 'minor' });
  else collect();
}
