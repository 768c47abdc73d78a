/** Fetches ONNX Runtime's libraries for CUDA and TensorRT and puts them into the home: all of them, or none. */
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { formatBytes } from '#shared/format.ts';
import { downloadFile } from './download-file.ts';
import type { LibraryPackage } from './library-package.ts';
import { findOnFeed } from './package-feed.ts';
import { openZip, type ZipArchive } from './zip-archive.ts';

type Progress = (fraction: number | null, message: string) => void;

/** The rest is unpacking. */
const DOWNLOADED_FRACTION = 0.9;
const ELF_MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/**
 * @param options.folder where the libraries lie in the end; nothing of it is there before all of it is
 * @param options.downloadPath where the package lies meanwhile; what there is of one that broke off is used again
 * @returns what was checked, a sentence
 * Errors: `input-output` for the network and the disk, `invalid-input` for what is not the package it should be.
 */
export async function installLibraries(options: {
  wanted: LibraryPackage;
  folder: string;
  downloadPath: string;
  signal: AbortSignal;
  report: Progress;
}): Promise<string> {
  const { wanted, folder, downloadPath, signal, report } = options;
  report(0, `Asking ${new URL(wanted.feedUrl).host} for ${wanted.name} ${wanted.version}`);
  const { url, sizeBytes, sha512 } = await findOnFeed(wanted, signal);
  await mkdir(downloadPath, { recursive: true });
  const packagePath = join(downloadPath, `${wanted.name}.${wanted.version}.nupkg`);
  await downloadFile({
    url,
    path: packagePath,
    sizeBytes,
    sha512,
    signal,
    onProgress: (receivedBytes) =>
      report(
        (DOWNLOADED_FRACTION * receivedBytes) / sizeBytes,
        `Downloading ${wanted.name}: ${formatBytes(receivedBytes)} of ${formatBytes(sizeBytes)}`,
      ),
  });
  const newFolder = `${folder}.new`;
  try {
    await rm(newFolder, { recursive: true, force: true });
    await mkdir(newFolder, { recursive: true });
    const zip = await openZip(packagePath);
    try {
      await unpack(zip, { wanted, newFolder, signal, report });
    } finally {
      await zip.close();
    }
    await linkRuntime(wanted.runtimePath, newFolder);
    await rm(folder, { recursive: true, force: true });
    await rename(newFolder, folder);
  } finally {
    await rm(newFolder, { recursive: true, force: true });
    // Whole, and used or of no use; one that broke off has another name.
    await rm(packagePath, { force: true });
  }
  return sha512 === null
    ? 'Its size, checksums and version were checked; the feed names no hash of the package.'
    : 'The SHA-512 that the feed names, the checksums and the version were checked.';
}

async function unpack(
  zip: ZipArchive,
  options: { wanted: LibraryPackage; newFolder: string; signal: AbortSignal; report: Progress },
): Promise<void> {
  const { wanted, newFolder, signal, report } = options;
  const descriptionPath = join(newFolder, 'package.nuspec');
  await zip.extract(`${wanted.name}.nuspec`, descriptionPath, signal);
  const description = await readFile(descriptionPath, 'utf8');
  const [id, version] = ['id', 'version'].map((tag) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(description)?.[1]);
  if (id?.toLowerCase() !== wanted.name.toLowerCase() || version !== wanted.version) {
    throw new AppError(
      'invalid-input',
      `The package says that it is ${id} ${version}, and ONNX Runtime ${wanted.version} needs ${wanted.name} of the same version. Nothing was installed.`,
    );
  }
  for (const [index, name] of wanted.files.entries()) {
    const fraction = DOWNLOADED_FRACTION + ((1 - DOWNLOADED_FRACTION) * index) / wanted.files.length;
    report(fraction, `Unpacking ${basename(name)}`);
    const path = join(newFolder, basename(name));
    await zip.extract(name, path, signal);
    if (!(await isElf(path))) {
      throw new AppError(
        'invalid-input',
        `${basename(name)} in the package is no library for Linux. Nothing was installed.`,
      );
    }
  }
}

async function isElf(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(ELF_MAGIC.length), 0, ELF_MAGIC.length, 0);
    return buffer.equals(ELF_MAGIC);
  } finally {
    await file.close();
  }
}

/**
 * ONNX Runtime looks for providers beside itself, by the name that it was loaded by. So its own library gets a second name here, and
 * engines find it by that (`LD_LIBRARY_PATH`); the installed package stays as it is, and may be read-only.
 */
async function linkRuntime(runtimePath: string, folder: string): Promise<void> {
  for (const name of await readdir(runtimePath)) {
    if (!name.startsWith('libonnxruntime.so')) continue;
    await symlink(join(runtimePath, name), join(folder, name)).catch(() =>
      copyFile(join(runtimePath, name), join(folder, name)),
    );
  }
}

/** @returns bytes of all files in it */
export async function folderSize(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
