import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** See V8, src/extensions/gc-extension.cc. */
type Options = { type: 'minor' } | { type: 'major'; flavor?: 'last-resort' };

const OPTIONS: Record<'young' | 'all' | 'shrinking', Options> = {
  young: { type: 'minor' },
  all: { type: 'major' },
  shrinking: { type: 'major', flavor: 'last-resort' },
};

let collect: ((options: Options) => void) | undefined;

/**
 * Gives back the memory of buffers that nobody has any more. Node does so by itself when its own heap grows; buffers lie outside of it, and
 * those of a model's weights would wait for long, while ONNX Runtime needs the room.
 * @param extent `young`: only what was made lately, in a few milliseconds; `shrinking`: pages of the heap too, which it otherwise keeps for later
 */
export function collectGarbage(extent: keyof typeof OPTIONS = 'all'): void {
  if (collect === undefined) {
    // The flag puts a function into contexts that are made afterwards.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as NonNullable<typeof collect>;
    setFlagsFromString('--no-expose-gc');
  }
  collect(OPTIONS[extent]);
}
