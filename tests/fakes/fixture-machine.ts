/** A machine made of text: files and commands from `tests/fixtures/device/NAME.txt`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineReader } from '../../src/engine/device/machine-reader.ts';

/**
 * A fixture has sections `== PATH` or `== $ COMMAND` with their text below, and lines `PATH = TEXT` for files of one line, where
 * `{0..3}` stands for each of the numbers. `edit` changes the text before it is read.
 */
export function readFixtureMachine(
  name: string,
  changes: Partial<Pick<MachineReader, 'platform' | 'architecture'>> & {
    node?: Partial<MachineReader['node']>;
    edit?: (text: string) => string;
  } = {},
): MachineReader {
  const { edit = (text: string) => text, node, ...rest } = changes;
  const text = edit(readFileSync(join(import.meta.dirname, '../fixtures/device', `${name}.txt`), 'utf8'));
  const entries = new Map<string, string>();
  let section: string | null = null;
  for (const line of text.split('\n')) {
    const start = /^== (.+)$/.exec(line)?.[1];
    const single = /^(\/\S+) = (.*)$/.exec(line);
    if (start !== undefined) {
      section = start;
      entries.set(section, '');
    } else if (single) {
      for (const path of expand(single[1] as string)) entries.set(path, `${single[2]}\n`);
    } else if (section !== null && !line.startsWith('#')) {
      entries.set(section, `${entries.get(section)}${line}\n`);
    }
  }
  return {
    platform: 'linux',
    architecture: 'x64',
    readText: (path) => entries.get(path) ?? null,
    listFolder: (path) => [
      ...new Set(
        [...entries.keys()].flatMap((key) =>
          key.startsWith(`${path}/`) ? [key.slice(path.length + 1).split('/')[0] as string] : [],
        ),
      ),
    ],
    run: (command, parameters) =>
      Promise.resolve(entries.get(`$ ${[command, ...parameters].join(' ')}`) ?? entries.get(`$ ${command}`) ?? null),
    node: {
      cpuModel: null,
      logicalCores: 1,
      availableCores: 1,
      memoryBytes: 2 ** 30,
      kernel: '0.0.0',
      osVersion: '',
      ...node,
    },
    ...rest,
  };
}

function expand(path: string): string[] {
  const range = /\{(\d+)\.\.(\d+)\}/.exec(path);
  if (range === null) return [path];
  const [first, last] = [Number(range[1]), Number(range[2])];
  return Array.from({ length: last - first + 1 }, (_, index) => path.replace(range[0], String(first + index))).flatMap(
    expand,
  );
}
