import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The numbers of this process's children. On Linux. */
export function childPids(): number[] {
  const task = `/proc/${process.pid}/task`;
  return readdirSync(task).flatMap((id) =>
    readFileSync(join(task, id, 'children'), 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number),
  );
}
