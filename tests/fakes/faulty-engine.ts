/**
 * The real engine on the real ONNX Runtime, in which some providers misbehave as `WHITTLE_TEST_FAULTS` says: a `Faults` in JSON. They
 * compute on the CPU, so that what is theirs is the fault alone. All others are as always.
 */
import { join } from 'node:path';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { EngineMethod, EngineReply, EngineRequest } from '../../src/shared/engine-protocol.ts';
import type { ProviderId } from '../../src/shared/provider.ts';
import { createMethods } from '../../src/engine/methods.ts';
import { loadOnnxRuntime } from '../../src/engine/runtime/onnxruntime.ts';
import { createRequestServer } from '../../src/engine/serve-requests.ts';
import { fakeDevice } from './fake-device.ts';
import type { Fault, Faults } from './faults.ts';

const faults = JSON.parse(process.env['WHITTLE_TEST_FAULTS'] ?? '{}') as Faults;
/** A GPU in name, for what is offered only where there is one. */
const gpuName = process.env['WHITTLE_TEST_GPU'];
const device = {
  ...fakeDevice,
  gpus: gpuName === undefined ? [] : [{ name: gpuName, vendor: null, memoryBytes: null, driver: null, id: null }],
};
let currentMethod: EngineMethod | null = null;

type Session = OnnxRuntime.InferenceSession;
type Results = OnnxRuntime.InferenceSession.ReturnType;

function faultOf(options: OnnxRuntime.InferenceSession.SessionOptions): Fault | undefined {
  const [first] = options.executionProviders ?? [];
  const name = typeof first === 'string' ? first : first?.name;
  return faults[`node:${name}` as ProviderId];
}

/** What a driver may do to the process that it is loaded into. */
function damage(how: Fault['does']): void {
  switch (how) {
    case 'hang':
      // As native code does: the thread never comes back.
      for (;;);
    case 'segfault':
      process.kill(process.pid, 'SIGSEGV');
      for (;;);
    case 'abort':
      return process.abort();
    case 'exit-0':
      return process.exit(0);
    case 'out-of-memory':
      process.stderr.write("terminate called after throwing an instance of 'std::bad_alloc'\n");
      return process.abort();
    case 'throw':
      throw new Error('[ONNXRuntimeError] : 1 : FAIL : The fake GPU fell off its bus.');
    default:
  }
}

function distort(ort: typeof OnnxRuntime, results: Results, how: Fault['does']): Results {
  return Object.fromEntries(
    Object.entries(results).map(([name, value]) => {
      const data = Float32Array.from(value.data as Float32Array);
      const dims = [...value.dims];
      switch (how) {
        case 'nan':
          data[0] = Number.NaN;
          break;
        case 'wrong':
          data.reverse();
          break;
        case 'shape':
          dims.reverse();
          break;
        case 'random':
          data[0] = (data[0] as number) * (1 + Math.random() * 1e-5);
          break;
        default:
      }
      return [name, new ort.Tensor('float32', data, dims)];
    }),
  );
}

const ort = await loadOnnxRuntime();
const createSession = ort.InferenceSession.create.bind(ort.InferenceSession) as (
  path: string,
  options: OnnxRuntime.InferenceSession.SessionOptions,
) => Promise<Session>;
ort.InferenceSession.create = (async (path: string, options: OnnxRuntime.InferenceSession.SessionOptions) => {
  const fault = faultOf(options);
  if (fault === undefined) return createSession(path, options);
  if (fault.in === 'session.load') damage(fault.does);
  const session = await createSession(path, { ...options, executionProviders: ['cpu'] });
  const run = session.run.bind(session);
  session.run = async (feeds: OnnxRuntime.InferenceSession.FeedsType) => {
    if (fault.in === currentMethod) damage(fault.does);
    return distort(ort, await run(feeds), fault.does);
  };
  return session;
}) as typeof ort.InferenceSession.create;

const server = createRequestServer({
  methods: {
    ...createMethods({ programPath: join(import.meta.dirname, '../../src/engine/entry.ts') }),
    'device.detect': () => Promise.resolve(device),
  },
  send: (reply: EngineReply, done?: () => void) => void process.send?.(reply, undefined, undefined, () => done?.()),
  report: (text) => void process.stderr.write(`${text}\n`),
});
process.on('message', (message) => {
  const request = message as EngineRequest;
  currentMethod = request.method;
  void server.handle(request);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ kind: 'ready' });
