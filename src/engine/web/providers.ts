/** The providers of onnxruntime-web. */
import type { WebProviderId } from '#shared/web-engine-protocol.ts';
import { webgpuEntry } from '../providers/webgpu-options.ts';
import { webProviderAbouts } from './provider-options.ts';
import type { Examination, WebProvider } from './web-provider.ts';

type Adapter = { info: { vendor: string; architecture: string; description: string; isFallbackAdapter?: boolean } };
type Gpu = { requestAdapter: (options: { powerPreference: string }) => Promise<Adapter | null> };
type Ml = { createContext: (options: { deviceType: string }) => Promise<unknown> };
/** Not in every version of the DOM's types. */
const browser = navigator as unknown as { gpu?: Gpu; ml?: Ml };

type WebGpuOptions = { forceCpuNodeNames: string[] };

const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;

async function examineWebGpu(): Promise<Examination> {
  if (browser.gpu === undefined) return { obstacle: 'This browser has no WebGPU.' };
  const adapter = await browser.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return { obstacle: 'WebGPU of this browser finds no GPU that it can use.' };
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, description].filter((text) => text !== '').join(' ');
  return { obstacle: null, software: isFallbackAdapter === true || SOFTWARE.test(name) ? name : null };
}

// oxlint-disable-next-line typescript/require-await -- the others wait for the browser
async function examineWebGl(): Promise<Examination> {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (context === null) return { obstacle: 'WebGL 2 of this browser finds no GPU that it can use.' };
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = names === null ? '' : String(context.getParameter(names.UNMASKED_RENDERER_WEBGL));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return { obstacle: null, software: SOFTWARE.test(renderer) ? renderer : null };
}

function examineWebNn(deviceType: string) {
  return async (): Promise<Examination> => {
    if (browser.ml === undefined) {
      return { obstacle: 'This browser has no WebNN: it is still behind a flag, or not built for this system.' };
    }
    try {
      await browser.ml.createContext({ deviceType });
      return { obstacle: null, software: null };
    } catch (error) {
      return { obstacle: `WebNN of this browser gives no ${deviceType.toUpperCase()}: ${(error as Error).message}` };
    }
  };
}

const webNn = (device: 'cpu' | 'gpu' | 'npu'): WebProvider => ({
  ...webProviderAbouts[`web:webnn-${device}`],
  bundle: 'ort.all.min.mjs',
  executionProviders: ({ powerPreference }) => [
    { name: 'webnn', deviceType: device, powerPreference: powerPreference as 'default' },
  ],
  isNative: true,
  examine: examineWebNn(device),
});

export const webProviders: Record<WebProviderId, WebProvider> = {
  'web:wasm': {
    ...webProviderAbouts['web:wasm'],
    bundle: 'ort.wasm.min.mjs',
    executionProviders: () => ['wasm'],
    isNative: true,
    examine: () => Promise.resolve({ obstacle: null, software: null }),
  },
  'web:webgpu': {
    ...webProviderAbouts['web:webgpu'],
    bundle: 'ort.webgpu.min.mjs',
    executionProviders: ({ powerPreference: _preference, ...options }) => [webgpuEntry(options as WebGpuOptions)],
    prepare(ort, { powerPreference }) {
      if (powerPreference !== 'default') ort.env.webgpu.powerPreference = powerPreference as 'low-power';
    },
    isNative: true,
    examine: examineWebGpu,
  },
  'web:webgl': {
    ...webProviderAbouts['web:webgl'],
    bundle: 'ort.webgl.min.mjs',
    executionProviders: () => ['webgl'],
    prepare(ort, { pack, textureCacheMode }) {
      ort.env.webgl.pack = pack === true;
      ort.env.webgl.textureCacheMode = textureCacheMode as 'full';
    },
    isNative: false,
    examine: examineWebGl,
  },
  'web:webnn-cpu': webNn('cpu'),
  'web:webnn-gpu': webNn('gpu'),
  'web:webnn-npu': webNn('npu'),
};
