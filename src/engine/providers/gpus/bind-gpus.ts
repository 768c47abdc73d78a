/** Proves which GPU each number of a provider means, by holding a session on it and looking who uses which GPU. */
import { caseSettingsSchema } from '#shared/case.ts';
import type { EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import { createMachineReader } from '../../device/machine-reader.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import { sessionOptionsOf } from '../session-options.ts';
import { encodeTinyModel, tinyModel } from '../tiny-model.ts';
import { judgeBinding } from './judge-binding.ts';
import { observeGpus } from './observe-gpus.ts';

/**
 * One number in each process: a context on a GPU stays until its process ends.
 * Errors: whatever ONNX Runtime says of a number that it does not have.
 */
export async function bindGpu({
  provider,
  deviceId,
  candidates,
}: EngineParams<'provider.bindGpu'>): Promise<EngineResult<'provider.bindGpu'>> {
  const reader = createMachineReader();
  const before = await observeGpus(reader, process.pid);
  const providerOptions = deviceId === null ? {} : { deviceId };
  const settings = caseSettingsSchema.parse({ intraOpThreads: 1, providerOptions });
  const { sessionOptions, environment } = sessionOptionsOf(provider, settings);
  Object.assign(process.env, environment);
  const ort = await loadOnnxRuntime();
  const session = await ort.InferenceSession.create(encodeTinyModel(), sessionOptions);
  const { input } = tinyModel;
  await session.run({ [input.name]: new ort.Tensor('float32', Float32Array.from(input.values), input.shape) });
  const after = await observeGpus(reader, process.pid);
  await session.release();
  return judgeBinding({ deviceId, candidates, before, after });
}
