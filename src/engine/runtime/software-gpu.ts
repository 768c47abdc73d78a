/** Whether onnxruntime-node's WebGPU computes in software: its binding names no adapter, but Linux tells which drivers are loaded. */
import { readFileSync } from 'node:fs';
import type { ProviderId } from '#shared/provider.ts';
import type { RunWarning } from '#shared/run.ts';

/** SwiftShader, and Mesa's lavapipe. */
const SOFTWARE_DRIVER = /\/(libvk_swiftshader|libvulkan_lvp)\.so/;
/** What the loader itself is called does not count. */
const HARDWARE_DRIVER =
  /\/(libvulkan_(?!lvp)\w+|libGLX_nvidia|libnvidia-vulkan-producer|amdvlk\w*|libvulkan\.\w+\.adreno)\.so/;

/**
 * @param readMaps `/proc/self/maps`, after the session was made; the loader keeps every driver that it has tried
 * @returns a warning where only software drivers are loaded. With others beside them it is not known which one computes.
 */
export function warningsOfSoftwareGpu(provider: ProviderId, readMaps: () => string = readOwnMaps): RunWarning[] {
  if (provider !== 'node:webgpu') return [];
  const maps = readMaps();
  const driver = SOFTWARE_DRIVER.exec(maps)?.[1];
  if (driver === undefined || HARDWARE_DRIVER.test(maps)) return [];
  const name = driver === 'libvk_swiftshader' ? 'SwiftShader' : 'lavapipe';
  const message = `No GPU computes here: WebGPU runs in software on the CPU (${name}). Its times say nothing of a GPU.`;
  return [{ kind: 'software-gpu', message }];
}

function readOwnMaps(): string {
  try {
    return readFileSync('/proc/self/maps', 'utf8');
  } catch {
    return '';
  }
}
