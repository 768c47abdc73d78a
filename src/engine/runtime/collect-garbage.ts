import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Gives back the memory of buffers that nobody has any more. Node does so by itself when its own heap grows; buffers lie outside of it, and
 * those of a model's weights would wait for long, while ONNX Runtime needs the room.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    // The flag puts a function into contexts that are made afterwards.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}
