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

export const nodeProviders: readonly ProviderFacts[] = [
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
      'Needs an NVIDIA GPU with its driver, CUDA and cuDNN, and ONNX Runtime’s CUDA library (npm install onnxruntime-node with its install script on).',
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

/** Listed so that all providers of the design are seen; none is tried. */
const webProviders: readonly ProviderFacts[] = (
  [
    ['web:wasm', 'WebAssembly', 'node:cpu'],
    ['web:webgpu', 'WebGPU in the browser', 'node:webgpu'],
    ['web:webgl', 'WebGL', 'node:webgpu'],
    ['web:webnn-cpu', 'WebNN on the CPU', 'node:cpu'],
    ['web:webnn-gpu', 'WebNN on the GPU', 'node:webgpu'],
    ['web:webnn-npu', 'WebNN on the NPU', null],
  ] as const
).map(([id, title, closest]) => ({
  id,
  title,
  findObstacle: () =>
    'Web providers are not measured by this version of Whittle: it runs models in Node only, not in a browser.',
  adviceWhenUsable: '',
  adviceOtherwise:
    closest === null
      ? 'No provider of onnxruntime-node comes close to it.'
      : `The closest that can be measured is ${closest}; its times are not those of a browser.`,
}));

export const allProviders: readonly ProviderFacts[] = [...nodeProviders, ...webProviders];

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
