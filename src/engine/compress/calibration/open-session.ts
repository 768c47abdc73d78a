/** A session for a model in memory, without a file where that is possible. */
import { AppError } from '#shared/app-error.ts';
import { type CaseSettings, caseSettingsSchema } from '#shared/case.ts';
import { joinBytes } from '#shared/join-bytes.ts';
import type { ProviderId } from '#shared/provider.ts';
import { externalContents } from '../../onnx/external-data.ts';
import { type ModelProto, modelSchema } from '../../onnx/ir.ts';
import { encodeMessage } from '../../onnx/message.ts';
import { walkTensors } from '../../onnx/walk-model.ts';
import { ropeParts } from '../../onnx/wire.ts';
import { createMappedSession } from '../../runtime/create-mapped-session.ts';
import { createSession, type Session } from '../../runtime/create-session.ts';
import { releaseBuffers } from '../../runtime/release-buffers.ts';
import { renameProto } from './rename-proto.ts';

/** Beyond this, another copy of the weights costs more than a file does. */
const LARGEST_BUFFER_BYTES = 16 * 2 ** 20;

/**
 * @param changed settings that are not the defaults
 * Errors: those of loading a model; `unsupported`, with the way out, where another provider than the CPU does not take it.
 */
export async function openSession(
  model: ModelProto,
  provider: ProviderId,
  changed: Pick<Partial<CaseSettings>, 'graphOptimization'> = {},
): Promise<Session> {
  try {
    return await open(model, { provider, settings: caseSettingsSchema.parse(changed) });
  } catch (error) {
    if (provider === 'node:cpu' || !(error instanceof AppError)) throw error;
    throw new AppError(
      'unsupported',
      `Calibration was to run on ${provider}, which does not take the model. ${error.message} Leave calibrationProvider at node:cpu; “whittle devices” says which providers work here.`,
      { cause: error },
    );
  }
}

async function open(given: ModelProto, about: { provider: ProviderId; settings: CaseSettings }): Promise<Session> {
  const renamed = renameProto(given);
  const session = await openNamed(renamed?.model ?? given, about);
  return renamed ? renamed.wrap(session) : session;
}

async function openNamed(model: ModelProto, about: { provider: ProviderId; settings: CaseSettings }): Promise<Session> {
  const options = { ...about, sleeps: true, plansMemory: false, isQuiet: true };
  // What lies in other files is taken in when a file is written.
  const isWhole = ![...walkTensors(model)].some((tensor) => externalContents(tensor) !== undefined);
  const encoded = encodeMessage(modelSchema, model);
  if (!isWhole || encoded.byteLength > LARGEST_BUFFER_BYTES) return createMappedSession(model, options);
  const parts = ropeParts(encoded).map((part) => (part instanceof Uint8Array ? part : part.read()));
  const whole = joinBytes(parts);
  const { session } = await createSession(whole, options);
  // ONNX Runtime has read it.
  releaseBuffers(whole);
  return session;
}
