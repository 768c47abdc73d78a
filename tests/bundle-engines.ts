/**
 * Makes one file of each engine that the integration tests start, before they begin: Node starts the fake one in a quarter of the CPU
 * time that its sources take, and a test starts eight of them.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'vite';
import { enginePrograms } from './engine-programs.ts';

/** Called by vitest. */
export async function setup(): Promise<void> {
  for (const { sourcePath, path } of Object.values(enginePrograms)) {
    const result = await build({
      configFile: false,
      publicDir: false,
      logLevel: 'warn',
      ssr: { noExternal: true, external: ['onnxruntime-node'] },
      build: {
        ssr: sourcePath,
        write: false,
        target: 'node24',
        minify: false,
        rollupOptions: { output: { format: 'es', codeSplitting: false } },
      },
    });
    const [output] = Array.isArray(result) ? result : [result];
    if (output === undefined || !('output' in output)) throw new Error(`${sourcePath} gave no program.`);
    mkdirSync(dirname(path), { recursive: true });
    // Moved to its place whole: another run of the tests may be starting it.
    const newPath = `${path}.${process.pid}`;
    writeFileSync(newPath, output.output[0].code);
    renameSync(newPath, path);
  }
}
