/** ONNX Runtime's libraries for CUDA and TensorRT: whether they can be had here, whether they are, and how engines find them. */
import { existsSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setGlobalProxyFromEnv } from 'node:http';
import { basename, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { Device } from '#shared/device.ts';
import type { LibraryDownload, LibraryState } from '#shared/provider.ts';
import type { JobHandler } from '../jobs/job-handler.ts';
import { folderSize, installLibraries } from './install-libraries.ts';
import { findLibraryPackage, type LibraryPackage } from './library-package.ts';
import { findOnFeed } from './package-feed.ts';

export type ProviderLibraries = {
  state: (device: Device) => Promise<LibraryState>;
  /** Asks the feed. Errors: `unsupported` where there is nothing to get; `input-output`. */
  offer: (device: Device) => Promise<LibraryDownload>;
  remove: () => Promise<void>;
  /** What engine processes need in their environment to find them; empty without them. */
  engineEnvironment: () => Record<string, string>;
  /** The job that gets them. */
  createHandler: (readDevice: () => Promise<Device>) => JobHandler;
};

const PLATFORM = `${process.platform}/${process.arch}`;

export function createProviderLibraries(options: {
  homePath: string;
  enginePath: string;
  env: Readonly<Record<string, string | undefined>>;
}): ProviderLibraries {
  const { homePath, enginePath, env } = options;
  const runtimesPath = join(homePath, 'runtimes');
  const wanted = findLibraryPackage({ enginePath, platform: PLATFORM, feedUrl: env['WHITTLE_NUGET_FEED'] });
  const folder = wanted === null ? null : join(runtimesPath, `${wanted.name}-${wanted.version}`);

  const isInstalled = (): boolean => wanted !== null && folder !== null && isWhole(folder, wanted);
  const requireObtainable = (device: Device): LibraryPackage => {
    const obstacle = obstacleOf(wanted, device);
    if (wanted === null || obstacle !== null) throw new AppError('unsupported', obstacle ?? '');
    return wanted;
  };

  return {
    async state(device) {
      if (isInstalled() && folder !== null && wanted !== null) {
        return {
          status: 'installed',
          reason: null,
          version: wanted.version,
          sizeBytes: await folderSize(folder),
          folder,
        };
      }
      const obstacle = obstacleOf(wanted, device);
      return {
        status: obstacle === null ? 'available' : 'unavailable',
        reason: obstacle,
        version: wanted?.version ?? null,
        sizeBytes: null,
        folder: null,
      };
    },
    async offer(device) {
      const { name, version, feedUrl, files } = requireObtainable(device);
      const entry = await throughProxy(() => findOnFeed({ name, version, feedUrl }));
      return {
        name,
        version,
        host: new URL(entry.url).host,
        sizeBytes: entry.sizeBytes,
        hasHash: entry.sha512 !== null,
        files: files.map((path) => basename(path)),
      };
    },
    async remove() {
      await rm(runtimesPath, { recursive: true, force: true });
    },
    engineEnvironment() {
      if (folder === null || !isInstalled()) return {};
      const others = env['LD_LIBRARY_PATH'];
      return {
        WHITTLE_PROVIDER_LIBRARIES: folder,
        LD_LIBRARY_PATH: others === undefined || others === '' ? folder : `${folder}:${others}`,
      };
    },
    createHandler: (readDevice) => ({
      // Unpacking takes a core.
      needsMachine: true,
      async run(_input, context) {
        const device = await readDevice();
        const target = requireObtainable(device);
        const checked = await throughProxy(() =>
          installLibraries({
            wanted: target,
            folder: folder as string,
            downloadPath: join(runtimesPath, 'download'),
            signal: context.signal,
            report: context.report,
          }),
        );
        context.log('info', checked);
        return { checked };
      },
    }),
  };
}

/** Also whether the link still leads to the runtime that engines would load: the package may have moved. */
function isWhole(folder: string, { files, runtimePath }: LibraryPackage): boolean {
  const link = join(folder, 'libonnxruntime.so.1');
  if (!existsSync(link) || !files.every((path) => existsSync(join(folder, basename(path))))) return false;
  try {
    return readlinkSync(link).startsWith(runtimePath);
  } catch {
    // A copy, where links are not possible.
    return true;
  }
}

function obstacleOf(wanted: LibraryPackage | null, device: Device): string | null {
  if (wanted === null) {
    return `ONNX Runtime offers no CUDA libraries for ${PLATFORM.replace('/', ' ')} as a download: they exist for Linux on x64.`;
  }
  if (wanted.files.every((path) => existsSync(join(wanted.runtimePath, basename(path))))) {
    return 'They are installed already, with the package onnxruntime-node itself.';
  }
  if (device.gpus.some(({ vendor, name }) => /nvidia/i.test(`${vendor ?? ''} ${name}`))) return null;
  return device.gpus.length === 0
    ? 'CUDA needs an NVIDIA GPU, and none was found on this machine.'
    : `CUDA needs an NVIDIA GPU; this machine has ${device.gpus.map(({ name }) => name).join(', ')}.`;
}

/** `fetch` knows HTTPS_PROXY and its like only when told so; afterwards all is as before. */
async function throughProxy<Value>(work: () => Promise<Value>): Promise<Value> {
  const restore = setGlobalProxyFromEnv();
  try {
    return await work();
  } finally {
    restore();
  }
}
