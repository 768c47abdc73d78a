/** SwiftShader, a Vulkan driver in software that Chromium and Electron carry: a real second provider without a GPU. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findElectronForTests } from '../../scripts/setup/electron-runtime.mjs';

const ICD = 'vk_swiftshader_icd.json';

/** @returns what an engine process needs in its environment, or null where no SwiftShader is found */
export function findSwiftShader(): { VK_ICD_FILENAMES: string; LD_LIBRARY_PATH: string } | null {
  if (process.platform !== 'linux') return null;
  const given = process.env['VK_ICD_FILENAMES'];
  const folders = [
    ...(given === undefined ? [] : [dirname(given)]),
    folderOf(findElectronForTests()),
    '/usr/lib/chromium',
  ].filter((folder) => folder !== null);
  const folder = folders.find((path) => existsSync(join(path, ICD)) && existsSync(join(path, 'libvulkan.so.1')));
  return folder === undefined ? null : { VK_ICD_FILENAMES: join(folder, ICD), LD_LIBRARY_PATH: folder };
}

function folderOf(path: string | null): string | null {
  return path === null ? null : dirname(path);
}
