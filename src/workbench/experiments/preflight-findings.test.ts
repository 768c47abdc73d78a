import { expect, test } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { InputForecast } from '#shared/input-forecast.ts';
import type { Placement } from '#shared/run.ts';
import { fakeDevice } from '../../../tests/fakes/fake-device.ts';
import { findingsOf, type ModelFacts } from './preflight-findings.ts';

const facts: ModelFacts = {
  warnings: [],
  dtypes: ['float32', 'int64'],
  openDimensions: [],
  unsupported: null,
  memory: { weightsBytes: 100, activationsBytes: 10, method: 'liveness' },
};
const memory = {
  weightsBytes: 100,
  activationsBytes: 10,
  method: 'liveness',
  neededBytes: 300,
  availableBytes: 1000,
} as const;

function sentences(
  provider: ProviderId,
  changes: Partial<ModelFacts> = {},
  more: { placement?: Placement[]; availableBytes?: number; inputs?: InputForecast[] } = {},
): [severity: string, message: string][] {
  return findingsOf({
    provider,
    settings: caseSettingsSchema.parse({}),
    facts: { ...facts, ...changes },
    inputs: more.inputs ?? [],
    placement: more.placement ?? null,
    device: fakeDevice,
    descriptors: [],
    memory: { ...memory, availableBytes: more.availableBytes ?? memory.availableBytes },
  }).map(({ severity, message }) => [severity, message]);
}

test('a plain model on a provider that takes everything has nothing to be said of', () => {
  expect(sentences('node:cpu')).toEqual([]);
  expect(
    sentences('node:webgpu', {}, { placement: [{ provider: 'WebGpuExecutionProvider', nodeCount: 9, timeShare: 1 }] }),
  ).toEqual([]);
});

test.each<[ProviderId, Partial<ModelFacts>, string, RegExp]>([
  ['node:cpu', { dtypes: ['float16'] }, 'warning', /float16, which node:cpu has few operators for/],
  ['web:webgpu', { dtypes: ['float64'] }, 'warning', /float64, which web:webgpu does not have/],
  ['node:webgpu', { dtypes: ['int8', 'float32'] }, 'warning', /no integer arithmetic for int8/],
  ['web:webgl', { dtypes: ['uint8'] }, 'warning', /WebGL takes no int8 values/],
  ['node:coreml', {}, 'info', /may compute float32 in float16/],
  [
    'node:tensorrt',
    { openDimensions: ['batch', 'height'] },
    'warning',
    /leaves “batch”, “height” open: .* Fix them with --dimension/,
  ],
  [
    'web:webgl',
    { unsupported: { source: 'a list', operators: { LSTM: 2, If: 1 } } },
    'warning',
    /by a list: LSTM \(2\), If \(1\)\./,
  ],
])('%s with %j: %s', (provider, changes, severity, message) => {
  expect(sentences(provider, changes)).toEqual([[severity, expect.stringMatching(message)]]);
});

test('what ONNX Runtime says of the nodes beats the list of operators', () => {
  const unsupported = { source: 'a list', operators: { Gather: 3 } };
  const placement = (onCpu: number): Placement[] => [
    { provider: 'WebGpuExecutionProvider', nodeCount: 10 - onCpu, timeShare: null },
    { provider: 'CPUExecutionProvider', nodeCount: onCpu, timeShare: null, operators: { Gather: onCpu } },
  ];
  expect(sentences('node:webgpu', { unsupported }, { placement: placement(3) })).toEqual([
    ['info', 'ONNX Runtime leaves 3 of 10 nodes to the CPU: Gather (3).'],
  ]);
  expect(sentences('node:webgpu', { unsupported }, { placement: placement(5) })[0]?.[0]).toBe('warning');
});

test('memory that is not there is a doubt, and says how it was estimated', () => {
  expect(sentences('node:cpu', {}, { availableBytes: 200 })).toEqual([
    [
      'warning',
      'It needs about 300 B (estimated from the shapes of its tensors), and 200 B are free: it may fail or swap.',
    ],
  ]);
});

test('an assumed dimension is said where it is taken, and not of inputs that bring their sizes', () => {
  const warnings = [{ kind: 'assumed-dimension', message: 'The model leaves the dimension “height” open.' }];
  const input = { name: 'x', dtype: 'float32', shape: [224], source: '', lowest: null, highest: null };
  const generated = [{ ...input, assumed: [{ dimension: 'height', size: 224 }] }];
  expect(sentences('node:cpu', { warnings }, { inputs: generated })).toEqual([['info', warnings[0]?.message]]);
  expect(sentences('node:cpu', { warnings }, { inputs: [{ ...input, assumed: [] }] })).toEqual([]);
});
