import { describe, expect, test } from 'vitest';
import { type CaseSettings, caseSettingsSchema } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import { explainFailure } from './explain-failure.ts';
import { parseMissingLibraries } from './native-libraries.ts';
import type { NativeProvider } from './provider.ts';
import { nativeProvider } from './registry.ts';
import { sessionOptionsOf } from './session-options.ts';
import { findWrongValue, tinyModel } from './tiny-model.ts';

const settingsWith = (changes: Partial<CaseSettings>): CaseSettings => ({
  ...caseSettingsSchema.parse({}),
  ...changes,
});

describe('session options', () => {
  test('say every setting, and leave the number of threads open where it is 0', () => {
    expect(sessionOptionsOf('node:cpu', settingsWith({}))).toEqual({
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      enableCpuMemArena: true,
      enableMemPattern: true,
      interOpNumThreads: 1,
    });
    const settings = settingsWith({
      intraOpThreads: 3,
      interOpThreads: 0,
      graphOptimization: 'basic',
      executionMode: 'parallel',
      cpuArena: false,
      memoryPattern: false,
      dimensions: { sequence: 64, 'ids:1': 32 },
    });
    expect(sessionOptionsOf('node:cpu', settings)).toEqual({
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'basic',
      executionMode: 'parallel',
      enableCpuMemArena: false,
      enableMemPattern: false,
      intraOpNumThreads: 3,
      // A dimension without a name cannot be fixed by name.
      freeDimensionOverrides: { sequence: 64 },
    });
  });

  test.each<[ProviderId, string[]]>([
    ['node:webgpu', ['webgpu']],
    ['node:cuda', ['cuda']],
    ['node:tensorrt', ['tensorrt', 'cuda']],
    ['node:dml', ['dml']],
    ['node:coreml', ['coreml']],
  ])('of %s register %j', (id, names) => {
    const { executionProviders } = sessionOptionsOf(id, settingsWith({}));
    expect(executionProviders?.map((entry) => (typeof entry === 'string' ? entry : entry.name))).toEqual(names);
  });

  test('of DirectML have no memory pattern, and refuse parallel execution', () => {
    expect(sessionOptionsOf('node:dml', settingsWith({}))).toMatchObject({ enableMemPattern: false });
    expect(() => sessionOptionsOf('node:dml', settingsWith({ executionMode: 'parallel' }))).toThrow(
      expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining('“sequential”') }),
    );
  });

  test('of a web provider are refused in a sentence', () => {
    expect(() => sessionOptionsOf('web:wasm', settingsWith({}))).toThrow(
      expect.objectContaining({
        kind: 'unsupported',
        message: expect.stringMatching(/^web:wasm runs in a browser .*\.$/),
      }),
    );
  });
});

describe('a failure', () => {
  const explain = (id: ProviderId, message: string, changes: Partial<NativeProvider> = {}): Promise<string> =>
    explainFailure({ ...nativeProvider(id), ...changes }, new Error(message), { isOnnxRuntimeLoaded: true });

  test.each<[ProviderId, string, RegExp]>([
    ['node:dml', 'no available backend found. ERR: [dml] backend not found.', /does not contain DirectML\.$/],
    [
      'node:webgpu',
      '/src/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters',
      /^WebGPU finds no GPU that it can use/,
    ],
    [
      'node:cuda',
      'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=0 ; hostname=box ; file=/src/cuda_call.cc ; line=241',
      /driver is older than the CUDA version/,
    ],
    ['node:tensorrt', 'CUDA failure 100: no CUDA-capable device is detected ; GPU=-1', /finds no NVIDIA GPU/],
    ['node:cuda', 'CUDNN failure 1: CUDNN_STATUS_NOT_INITIALIZED', /^cuDNN is missing, or not the version/],
    [
      'node:coreml',
      'This session contains graph nodes that are assigned to the default CPU EP, but fallback to CPU EP has been explicitly disabled by the user.',
      /leaves a plain matrix product to the CPU\.$/,
    ],
    ['node:webgpu', 'something new', /^WebGPU does not work here: something new\.$/],
  ])('of %s: %s', async (id, message, expected) => {
    const sentence = await explain(id, message);
    expect(sentence).toMatch(expected);
    expect(sentence).toMatch(/^[^\n]+\.$/);
  });

  test('to load a library names the file that is missing', async () => {
    const message = 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library';
    expect(await explain('node:cuda', message, { library: { [process.platform]: 'libwhittle-none.so' } })).toBe(
      'ONNX Runtime’s library for CUDA (libwhittle-none.so) is not installed.',
    );
  });

  test('of ONNX Runtime itself is told as such', async () => {
    const explain = (message: string): Promise<string> =>
      explainFailure(nativeProvider('node:cpu'), new Error(message), { isOnnxRuntimeLoaded: false });
    expect(await explain("Cannot find module '../bin/napi-v6/linux/riscv64/onnxruntime_binding.node'")).toMatch(
      /holds no library for this system/,
    );
    expect(await explain("libc.so.6: version `GLIBC_2.28' not found")).toMatch(
      /cannot be loaded on this system .*GLIBC_2\.28/,
    );
  });
});

test('ldd names what it does not find', () => {
  const text =
    '\tlinux-vdso.so.1 (0x00007ffd)\n\tlibcublasLt.so.12 => not found\n\tlibcudnn.so.9 => not found\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1)\n\tlibcudnn.so.9 => not found\n';
  expect(parseMissingLibraries(text)).toEqual(['libcublasLt.so.12', 'libcudnn.so.9']);
});

describe('the numbers of a probe', () => {
  const right = tinyModel.output.values;
  test.each<[string, readonly number[], RegExp | null]>([
    ['right', right, null],
    ['off by rounding', right.map((value) => value + 0.001), null],
    ['wrong', [right[0] as number, 0, right[2] as number], /computes wrongly: 0 where/],
    ['not finite', [Number.NaN, ...right.slice(1)], /computes wrongly: NaN where/],
    ['too many', [...right, 1], /computes 4 values where 3 were asked for/],
    ['none', [], /computes wrongly/],
  ])('%s', (_, values, expected) => {
    expect(findWrongValue('GPU', values) ?? '').toMatch(expected ?? /^$/);
  });
});
