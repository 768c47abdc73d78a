/** A model that the library does not hold yet: a sample whose bytes differ by a note. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { samplesPath } from '../fakes/test-workbench.ts';

/** @returns the path of the new file */
export function writeSampleCopy(folder: string, name: string): string {
  const note = new TextEncoder().encode(`A copy of fashion-resnet for the test ${name}.`);
  // Field 6 of ModelProto, doc_string; Protocol Buffers may be concatenated.
  const field = Uint8Array.of((6 << 3) | 2, note.length, ...note);
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, Buffer.concat([readFileSync(join(samplesPath, 'fashion-resnet.onnx')), field]));
  return path;
}
