/** What the window was started with. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** `--home DIR` or `--home=DIR`; null when absent. */
export function homeArgument(args: readonly string[]): string | null {
  for (const [index, arg] of args.entries()) {
    if (arg.startsWith('--home=')) return resolve(arg.slice('--home='.length));
    const next = args[index + 1];
    if (arg === '--home' && next !== undefined) return resolve(next);
  }
  return null;
}

/** Models that were named, as a file manager does. */
export function modelArguments(args: readonly string[], workingFolder: string): string[] {
  return args
    .filter((arg) => !arg.startsWith('-') && arg.toLowerCase().endsWith('.onnx'))
    .map((arg) => resolve(workingFolder, arg))
    .filter((path) => existsSync(path));
}
