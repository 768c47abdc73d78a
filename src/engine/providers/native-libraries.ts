/** Where onnxruntime-node keeps its libraries, and which others they need. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createMachineReader } from '../device/machine-reader.ts';

/**
 * The folder in which ONNX Runtime looks for the libraries of providers; null when it cannot be found. The workbench names it where it
 * has got some: then ONNX Runtime's own library was loaded from there.
 */
export function nativeFolder(): string | null {
  const given = process.env['WHITTLE_PROVIDER_LIBRARIES'];
  if (given !== undefined) return given;
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..', 'bin');
    // The only folder is named for the version of Node-API, e.g. `napi-v6`.
    const version = readdirSync(root).find((name) => name.startsWith('napi-'));
    return version === undefined ? null : join(root, version, process.platform, process.arch);
  } catch {
    return null;
  }
}

/** Names of libraries that the loader does not find for this one. Linux only; empty where that cannot be told. */
export async function findMissingLibraries(path: string): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  return parseMissingLibraries((await createMachineReader().run('ldd', [path])) ?? '');
}

/** @param text what `ldd` prints */
export function parseMissingLibraries(text: string): string[] {
  return [...new Set([...text.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] as string))];
}
