import { describe, expect, test } from 'vitest';
import { type CaseSettings, caseSettingsSchema } from '#shared/case.ts';
import { type ProviderId, providerIdSchema } from '#shared/provider.ts';
import { checkOptions, providerCatalog } from './catalog.ts';
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

const optionsOf = (id: ProviderId, settings: CaseSettings = settingsWith({})) =>
  sessionOptionsOf(id, settings).sessionOptions;

describe('session options', () => {
  test('say every setting, and leave the number of threads open where it is 0', () => {
    expect(optionsOf('node:cpu')).toEqual({
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      enableCpuMemArena: true,
      enableMemPattern: true,
      interOpNumThreads: 1,
      extra: { 'session.intra_op.spin_duration_us': '1000', 'session.inter_op.spin_duration_us': '1000' },
    });
    const settings = settingsWith({
      intraOpThreads: 3,
      interOpThreads: 0,
      graphOptimization: 'basic',
      executionMode: 'parallel',
      cpuArena: false,
      memoryPattern: false,
      spinning: 'off',
      preciseInt8: true,
      flushDenormals: true,
      sessionConfig: { 'session.disable_prepacking': '1' },
      dimensions: { sequence: 64, 'ids:1': 32 },
    });
    expect(optionsOf('node:cpu', settings)).toEqual({
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'basic',
      executionMode: 'parallel',
      enableCpuMemArena: false,
      enableMemPattern: false,
      intraOpNumThreads: 3,
      extra: {
        'session.intra_op.allow_spinning': '0',
        'session.inter_op.allow_spinning': '0',
        'session.x64quantprecision': '1',
        'session.set_denormal_as_zero': '1',
        'session.disable_prepacking': '1',
      },
    });
  });

  test.each<[ProviderId, string[]]>([
    ['node:webgpu', ['webgpu']],
    ['node:cuda', ['cuda']],
    ['node:tensorrt', ['tensorrt', 'cuda']],
    ['node:dml', ['dml']],
    ['node:coreml', ['coreml']],
  ])('of %s register %j', (id, names) => {
    const { executionProviders } = optionsOf(id);
    expect(executionProviders?.map((entry) => (typeof entry === 'string' ? entry : entry.name))).toEqual(names);
  });

  test('of DirectML have no memory pattern, and refuse parallel execution', () => {
    expect(optionsOf('node:dml')).toMatchObject({ enableMemPattern: false });
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

describe('options of a provider', () => {
  const entriesOf = (id: ProviderId, providerOptions: CaseSettings['providerOptions']) =>
    sessionOptionsOf(id, settingsWith({ providerOptions }));

  test('reach ONNX Runtime as it takes them', () => {
    const [entry] = optionsOf('node:webgpu', settingsWith({ providerOptions: { preferredLayout: 'NCHW' } }))
      .executionProviders as readonly object[];
    expect(entry).toMatchObject({ name: 'webgpu', preferredLayout: 'NCHW', validationMode: 'basic' });
    expect(entriesOf('node:tensorrt', { deviceId: 1, tf32: false })).toMatchObject({
      sessionOptions: {
        executionProviders: [
          { name: 'tensorrt', deviceId: 1 },
          { name: 'cuda', deviceId: 1 },
        ],
      },
      environment: { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', NVIDIA_TF32_OVERRIDE: '0' },
    });
    expect(entriesOf('node:dml', { graphFusion: false }).sessionOptions.extra).toMatchObject({
      'ep.dml.disable_graph_fusion': '1',
    });
  });

  test.each<[CaseSettings['providerOptions'], number]>([
    [{}, 0x010],
    [{ computeUnits: 'cpu', modelFormat: 'neural-network' }, 0x001],
    [{ computeUnits: 'cpu-and-gpu', staticShapesOnly: true, subgraphs: true }, 0x03a],
    [{ onlyWithNeuralEngine: true }, 0x014],
  ])('of Core ML %j are the flags %i', (providerOptions, coreMlFlags) => {
    expect(entriesOf('node:coreml', providerOptions).sessionOptions.executionProviders).toEqual([
      { name: 'coreml', coreMlFlags },
    ]);
  });

  test.each<[ProviderId, CaseSettings['providerOptions'], string]>([
    ['node:cpu', { deviceId: 0 }, 'node:cpu has no option “deviceId”; it has none.'],
    ['node:cuda', { memoryLimit: 1 }, 'node:cuda has no option “memoryLimit”; it has deviceId, tf32.'],
    ['node:cuda', { deviceId: 16 }, 'The option “deviceId” of node:cuda is 16, and must be 15 or less.'],
    ['node:cuda', { deviceId: 0.5 }, 'The option “deviceId” of node:cuda is 0.5, and must be a whole number.'],
    [
      'node:webgpu',
      { preferredLayout: 'HWC' },
      'The option “preferredLayout” of node:webgpu is "HWC", and must be one of "NHWC", "NCHW".',
    ],
    ['web:webgl', { pack: 'yes' }, 'The option “pack” of web:webgl is "yes", and must be of type boolean.'],
  ])('of %s: %j is refused in a sentence', (id, options, message) => {
    expect(() => checkOptions({ sets: [{ id, options }] })).toThrow(
      expect.objectContaining({ kind: 'invalid-input', message }),
    );
  });

  test('are recorded only where they differ from the default', () => {
    const set = { preferredLayout: 'NHWC', validationMode: 'full', forceCpuNodeNames: [] };
    expect(checkOptions({ sets: [{ id: 'node:webgpu', options: set }] }).sets).toEqual([{ validationMode: 'full' }]);
  });

  test('are described with a default and an explanation each', () => {
    const catalog = providerCatalog();
    expect(catalog.map(({ id }) => id)).toEqual(providerIdSchema.options);
    for (const { optionsSchema } of catalog) {
      for (const option of Object.values(optionsSchema['properties'] as object)) {
        expect(option).toMatchObject({ default: expect.anything(), description: expect.stringMatching(/\.$/) });
      }
    }
  });

  test('name ignored settings that exist', () => {
    const settings = Object.keys(caseSettingsSchema.shape);
    for (const { ignoredSettings } of providerCatalog()) {
      for (const { setting } of ignoredSettings) expect(settings).toContain(setting);
    }
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
