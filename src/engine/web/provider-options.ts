/**
 * What can be chosen for each provider of onnxruntime-web, and what it ignores; without the browser, so that it can be told and
 * checked before there is one. Only what onnxruntime-web really passes on.
 */
import { z } from 'zod';
import type { ProviderDescriptor } from '#shared/provider-options.ts';
import type { WebProviderId } from '#shared/web-engine-protocol.ts';
import { webgpuOptions } from '../providers/webgpu-options.ts';

export type WebProviderAbout = Pick<ProviderDescriptor, 'title' | 'needs' | 'notOffered' | 'ignoredSettings'> & {
  id: WebProviderId;
  options: z.ZodObject;
};

const interOp = { setting: 'interOpThreads', reason: 'ONNX Runtime Web takes no number of inter-op threads.' };
const threadsOfCpuNodes = {
  setting: 'intraOpThreads',
  reason: 'Threads are for the nodes that stay on WebAssembly; the provider itself has none.',
};

const webNn = (device: 'cpu' | 'gpu' | 'npu'): WebProviderAbout => ({
  id: `web:webnn-${device}`,
  title: `WebNN on the ${device.toUpperCase()}`,
  needs: 'A browser with WebNN, which is still experimental.',
  options: z.strictObject({
    powerPreference: z
      .enum(['default', 'high-performance', 'low-power'])
      .default('default')
      .describe('A hint for the browser, which may ignore it.'),
  }),
  notOffered: null,
  ignoredSettings: [interOp, threadsOfCpuNodes],
});

export const webProviderAbouts: Record<WebProviderId, WebProviderAbout> = {
  'web:wasm': {
    id: 'web:wasm',
    title: 'WebAssembly',
    needs: 'Any browser; several threads need a page that is cross-origin isolated, as Whittle’s are.',
    options: z.strictObject({}),
    notOffered:
      'SIMD cannot be switched off: onnxruntime-web is built with it only. The proxy worker is off, because this engine is a worker already.',
    ignoredSettings: [interOp],
  },
  'web:webgpu': {
    id: 'web:webgpu',
    title: 'WebGPU in the browser',
    needs: 'A browser with WebGPU and a GPU that it accepts.',
    options: z.strictObject({
      ...webgpuOptions,
      powerPreference: z
        .enum(['default', 'high-performance', 'low-power'])
        .default('default')
        .describe('Which GPU the browser is asked for where there are two; it may ignore it.'),
    }),
    notOffered:
      'Graph capture needs inputs and outputs that stay on the GPU, and samples here include their way there and back.',
    ignoredSettings: [
      interOp,
      threadsOfCpuNodes,
      { setting: 'memoryPattern', reason: 'ONNX Runtime Web switches memory patterns off where WebGPU is used.' },
    ],
  },
  'web:webgl': {
    id: 'web:webgl',
    title: 'WebGL',
    needs: 'A browser with WebGL 2.',
    options: z.strictObject({
      pack: z.boolean().default(false).describe('Puts four values into each pixel of a texture instead of one.'),
      textureCacheMode: z
        .enum(['full', 'initializerOnly'])
        .default('full')
        .describe('Which textures are kept for the next run: all, or those of weights.'),
    }),
    notOffered: null,
    ignoredSettings: [
      'intraOpThreads',
      'interOpThreads',
      'executionMode',
      'graphOptimization',
      'spinning',
      'cpuArena',
      'memoryPattern',
      'preciseInt8',
      'flushDenormals',
      'sessionConfig',
    ].map((setting) => ({
      setting,
      reason: 'The runtime of WebGL is an older one, written in JavaScript, without it.',
    })),
  },
  'web:webnn-cpu': webNn('cpu'),
  'web:webnn-gpu': webNn('gpu'),
  'web:webnn-npu': webNn('npu'),
};
