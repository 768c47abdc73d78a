/** Where the built programs and what they need lie, and which versions they are. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Environment } from '#shared/experiment.ts';

export type ProgramPaths = {
  enginePath: string;
  workbenchPath: string;
  preloadPath: string;
  rendererPath: string;
  /** The files of onnxruntime-web; null where it is not installed. */
  webRuntimePath: string | null;
  /** Null where none are bundled. */
  samplesPath: string | null;
};

/** @param programsPath the folder of the built programs, `out/main`; each program's own `import.meta.dirname` */
export function programPathsOf(programsPath: string): ProgramPaths {
  const samplesPath = join(programsPath, '../../resources/samples');
  return {
    enginePath: join(programsPath, 'engine.js'),
    workbenchPath: join(programsPath, 'workbench.js'),
    preloadPath: join(programsPath, '../preload/index.cjs'),
    rendererPath: join(programsPath, '../renderer'),
    webRuntimePath: findWebRuntime(programsPath),
    samplesPath: existsSync(samplesPath) ? samplesPath : null,
  };
}

function findWebRuntime(programsPath: string): string | null {
  try {
    return dirname(createRequire(join(programsPath, 'index.js')).resolve('onnxruntime-web'));
  } catch {
    return null;
  }
}

/** Read from the package files that are installed, not from those that were asked for. */
export function readVersions(programsPath: string): Environment {
  const require = createRequire(join(programsPath, 'index.js'));
  return {
    whittleVersion: versionIn(join(programsPath, '../../package.json')),
    onnxruntimeNodeVersion: versionIn(findPackageFile(require.resolve('onnxruntime-node'))),
    nodeVersion: process.version,
    electronVersion: process.versions['electron'] ?? null,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** The package.json of the package that a file belongs to. */
function findPackageFile(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && versionIn(file) !== '') return file;
    if (folder === dirname(folder)) return file;
  }
}

function versionIn(packageFile: string): string {
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version?: string };
  return version ?? '';
}
