import { describe, expect, test } from 'vitest';
import { cleanMessage, explainLoadError, explainRunError } from './runtime-error.ts';

describe('an error of loading', () => {
  test.each([
    [
      'Load model from /m/a.onnx failed:Protobuf parsing failed.',
      'invalid-model',
      '“a.onnx” is not an ONNX model, or it is damaged or cut off: its bytes cannot be parsed.',
    ],
    [
      'Load model from /m/a.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:187 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&) ModelProto does not have a graph.\n',
      'invalid-model',
      '“a.onnx” is not an ONNX model: it holds no graph.',
    ],
    [
      'Load model from /m/a.onnx failed:This is an invalid model. In Node, ("/2/Relu", Rexu, "", -1) : ("x": tensor(float),) -> ("y",) , Error No Op registered for Rexu with domain_version of 17',
      'invalid-model',
      '“a.onnx” uses the operator “Rexu” in its node “/2/Relu”, which ONNX Runtime does not know.',
    ],
    [
      'Fatal error: com.example:Foo(-1) is not a registered function/op',
      'invalid-model',
      '“a.onnx” uses the operator “com.example:Foo(-1)”, which ONNX Runtime does not know.',
    ],
    ['std::bad_alloc', 'out-of-memory', 'There is not enough memory to load “a.onnx”: std::bad_alloc.'],
    [
      "[ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : Could not find an implementation for Foo(1) node with name 'n'",
      'unsupported',
      "“a.onnx” uses an operator that this provider does not implement for its types: Could not find an implementation for Foo(1) node with name 'n'.",
    ],
    ['something new', 'invalid-model', 'ONNX Runtime cannot load “a.onnx”: something new.'],
  ])('%s', (message, kind, expected) => {
    expect(explainLoadError(new Error(message), '/m/a.onnx', 'node:cpu')).toMatchObject({ kind, message: expected });
  });

  test('on another provider is the provider’s where the file is not to blame', () => {
    expect(explainLoadError(new Error('no adapter'), '/m/a.onnx', 'node:webgpu')).toMatchObject({
      kind: 'provider-failed',
      message: 'node:webgpu cannot load “a.onnx”: no adapter.',
    });
    expect(explainLoadError(new Error('x.cc:1 Failed to load shared library'), '/m/a.onnx', 'node:cuda')).toMatchObject(
      {
        kind: 'provider-failed',
        message: expect.stringMatching(/^node:cuda does not work on this machine, .*“whittle devices”, tells which\.$/),
      },
    );
    expect(explainLoadError(new Error('Protobuf parsing failed.'), '/m/a.onnx', 'node:webgpu').kind).toBe(
      'invalid-model',
    );
  });
});

test('an error of a run names the provider and keeps what happened', () => {
  const error = new Error(
    '[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Got invalid dimensions for input: image for the following indices',
  );
  expect(explainRunError(error, 'node:cpu')).toMatchObject({
    kind: 'provider-failed',
    message:
      'The model failed while it ran on node:cpu: Got invalid dimensions for input: image for the following indices.',
    cause: error,
  });
});

test.each([
  'Non tensor type is temporarily not supported.',
  "Can't access output tensor data on index 0. ERROR_CODE: 9, ERROR_MESSAGE: Reading data from non-tensor typed value is not supported.",
])('an output that is no tensor is not the provider’s failure: %s', (message) => {
  expect(explainRunError(new Error(message), 'node:cpu')).toMatchObject({
    kind: 'unsupported',
    message:
      'The model has an output that is no tensor but a sequence, a map or an optional, which node:cpu cannot hand over. Whittle can measure models with tensor outputs only.',
  });
});

test('a failed check is told in its words where it has any', () => {
  const message =
    '/src/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters';
  expect(cleanMessage(message)).toBe('Failed to get a WebGPU adapter: No supported adapters.');
});

test('signatures, source positions, stacks and status codes are no part of a message', () => {
  const message =
    'Non-zero status code returned while running Add node. Status Message: /src/onnxruntime/core/providers/cpu/math/element_wise_ops.h:560 void onnxruntime::BroadcastIterator::Append(ptrdiff_t, ptrdiff_t) axis == 1 was false.\n\nStacktrace:\n#0 0x7f in foo\n';
  expect(cleanMessage(message)).toBe(
    'Non-zero status code returned while running Add node. Status Message: axis == 1 was false.',
  );
});

test('an element type that the runtime of WebGL does not take is named', () => {
  const message =
    'Failed to load model as ONNX format: Error: unsupported data type: FLOAT16 as ORT format: TypeError: Cannot read properties of null';
  expect(explainLoadError(new Error(message), '/models/half.onnx', 'web:webgl')).toMatchObject({
    kind: 'unsupported',
    message: '“half.onnx” holds values of the element type float16, which this provider does not take.',
  });
});

test('what ONNX Runtime Web says is told without its codes', () => {
  const noFloat16 =
    "Can't create a session. ERROR_CODE: 1, ERROR_MESSAGE: GenerateSourceCode Program Transpose requires f16 but the device does not support it.";
  expect(explainLoadError(new Error(noFloat16), '/models/half.onnx', 'web:webgpu')).toMatchObject({
    kind: 'unsupported',
    message: '“half.onnx” computes in float16, which this GPU or its driver cannot.',
  });
  expect(cleanMessage('failed to call OrtRun(). ERROR_CODE: 2, ERROR_MESSAGE: Invalid rank for input: image')).toBe(
    'Invalid rank for input: image.',
  );
});

test('where generated values are beyond a table, it says that they were generated', () => {
  const error = new Error('indices element out of data bounds, idx=7 must be within the inclusive range [-4,3]');
  expect(explainRunError(error, 'node:cpu', { areGenerated: true }).message).toContain('--inputs or --data');
  expect(explainRunError(error, 'node:cpu').message).not.toContain('--inputs');
});
