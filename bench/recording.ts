/** A long interleaved measurement, kept to be cut into short ones. One JSON document per line of a file. */
import { readFileSync } from 'node:fs';

export type Recording = {
  settings: { model: string; other: string; threads: number; blockMs: number; isLoaded: boolean };
  /** Milliseconds, by case (the model, its copy, the other model) and block; blocks of equal index belong to one round. */
  cases: Record<'model' | 'copy' | 'other', number[][]>;
};

export function readRecordings(path: string): Recording[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Recording);
}
