import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes the same model as another file: its bytes, followed by one more entry of `metadata_props` (field 14 of ModelProto).
 * Protocol Buffers read fields in any order and join repeated ones, so graph and weights are untouched and only the hash differs.
 */
export function copyModel(sourcePath: string, targetPath: string): void {
  const entry = Buffer.concat([field(1, Buffer.from('whittle.copy')), field(2, Buffer.from('1'))]);
  writeFileSync(targetPath, Buffer.concat([readFileSync(sourcePath), field(14, entry)]));
}

/** A length-delimited field shorter than 128 bytes. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
}
