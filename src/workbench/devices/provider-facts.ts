/** What can be said of each provider before it is tried. */
import type { Device } from '#shared/device.ts';
import type { ProviderId } from '#shared/provider.ts';

export type ProviderFacts = {
  id: ProviderId;
  title: string;
  /** Why it cannot work on such a machine at all; null when only trying tells. */
  findObstacle: (device: Device) => string | null;
  adviceWhenUsable: string;
  adviceOtherwise: string;
};

const nodeProviders: readonly ProviderFacts[] = [
  {
    id: 'node:cpu',
    title: 'CPU',
    findObstacle: () => null,
    adviceWhenUsable: 'Runs every model; the reference that the other providers are checked against.',
    adviceOtherwise: 'ONNX Runtime itself does not work here: install the dependencies again.',
  },
  {
    id: 'node:webgpu',
    title: 'WebGPU',
    findObstacle: () => null,
    adviceWhenUsable: 'Runs on the GPU through WebGPU (Vulkan, Metal or Direct3D 12); best for float models.',
    adviceOtherwise: 'Install a current GPU driver (on Linux: Vulkan 1.3 or newer).',
  },
  {
    id: 'node:cuda',
    title: 'CUDA',
    findObstacle: (device) => needsPlatform(device, ['linux', 'win32'], 'CUDA') ?? needsNvidia(device),
    adviceWhenUsable: 'The fastest general choice on NVIDIA GPUs.',
    adviceOtherwise:
      'Needs an NVIDIA GPU with its driver, CUDA 12 and cuDNN 9, and ONNX Runtime’s CUDA library, which “whittle devices --get cuda” or the window fetches.',
  },
  {
    id: 'node:tensorrt',
    title: 'TensorRT',
    findObstacle: (device) => needsPlatform(device, ['linux', 'win32'], 'TensorRT') ?? needsNvidia(device),
    adviceWhenUsable: 'Compiles the model for the NVIDIA GPU at hand: slow to load, fast to run.',
    adviceOtherwise: 'Needs everything that CUDA needs, and NVIDIA’s TensorRT libraries on the library path.',
  },
  {
    id: 'node:dml',
    title: 'DirectML',
    findObstacle: (device) => needsPlatform(device, ['win32'], 'DirectML'),
    adviceWhenUsable: 'Runs on any Direct3D 12 GPU.',
    adviceOtherwise: 'Exists on Windows 10 and newer only.',
  },
  {
    id: 'node:coreml',
    title: 'Core ML',
    findObstacle: (device) => needsPlatform(device, ['darwin'], 'Core ML'),
    adviceWhenUsable: 'Runs on the Apple GPU and Neural Engine.',
    adviceOtherwise: 'Exists on macOS only.',
  },
];

/** Providers of onnxruntime-web, in a page of a browser. Whether there is a browser, the host of the pages knows. */
const webProviders: readonly ProviderFacts[] = [
  {
    id: 'web:wasm',
    title: 'WebAssembly',
    findObstacle: () => null,
    adviceWhenUsable: 'Runs every model in every browser, on the CPU; what web applications fall back to.',
    adviceOtherwise: 'Measured in Chrome, Chromium or Edge, or in the Whittle window.',
  },
  {
    id: 'web:webgpu',
    title: 'WebGPU in the browser',
    findObstacle: () => null,
    adviceWhenUsable: 'The fastest choice for float models in browsers with a GPU.',
    adviceOtherwise:
      'Needs a GPU that the browser accepts (chrome://gpu says why not). Without one, WHITTLE_WEB_SOFTWARE_GPU=1 computes in software: slow, for tests.',
  },
  {
    id: 'web:webgl',
    title: 'WebGL',
    findObstacle: () => null,
    adviceWhenUsable: 'For old browsers: few operators, float only; ONNX Runtime no longer develops it.',
    adviceOtherwise:
      'Needs a GPU that the browser accepts (chrome://gpu says why not). Without one, WHITTLE_WEB_SOFTWARE_GPU=1 computes in software: slow, for tests.',
  },
  ...(['cpu', 'gpu', 'npu'] as const).map((device): ProviderFacts => ({
    id: `web:webnn-${device}`,
    title: `WebNN on the ${device.toUpperCase()}`,
    findObstacle: () => null,
    adviceWhenUsable: 'Hands the model to the operating system’s own runtime.',
    adviceOtherwise: 'WebNN is experimental: browsers have it behind a flag, and on some systems only.',
  })),
];

export const allProviders: readonly ProviderFacts[] = [...nodeProviders, ...webProviders];

export function factsOf(id: ProviderId): ProviderFacts {
  return allProviders.find((provider) => provider.id === id) as ProviderFacts;
}

const platformNames: Record<string, string> = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' };

function needsPlatform(device: Device, platforms: readonly string[], title: string): string | null {
  if (platforms.includes(device.os.platform)) return null;
  const named = platforms.map((platform) => platformNames[platform]).join(' and ');
  return `${title} exists on ${named} only; this machine runs ${platformNames[device.os.platform] ?? device.os.platform}.`;
}

/** Only when the machine's GPUs are known: an empty list can also mean that they could not be read. */
function needsNvidia(device: Device): string | null {
  if (device.gpus.length === 0) return null;
  const isNvidia = device.gpus.some((gpu) => /nvidia/i.test(`${gpu.vendor ?? ''} ${gpu.name}`));
  return isNvidia ? null : `It needs an NVIDIA GPU; this machine has ${device.gpus.map((gpu) => gpu.name).join(', ')}.`;
}
