/** One ONNX Runtime session for a file on a provider, with the options that measuring needs. */
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import { sessionOptionsOf } from '../providers/session-options.ts';
import { chooseThreads } from './choose-threads.ts';
import { loadOnnxRuntime, type OnnxRuntime } from './onnxruntime.ts';
import { explainLoadError } from './runtime-error.ts';
import { isNumeric } from './tensor-values.ts';

export type Session = OnnxRuntime.InferenceSession;

/**
 * @param source path of the model's file, or the bytes of one without external data
 * @param options.leavesWeights in their files, which are mapped, instead of in a copy that is laid out for the kernels: loads
 *   models with external data in next to no memory, runs slower, and rounds a little differently
 * @param options.sleeps whether threads with nothing to do sleep, instead of looking for work all the time: much less CPU time where
 *   operators are many and small, which is not what measuring asks for
 * @param options.plansMemory false: no block for all tensors of a run is set aside from the second run of a shape on, beside those that the first one took;
 *   that takes half the memory of activations, and time within noise of it, which is not what measuring asks for either
 * @param options.profilePrefix where ONNX Runtime shall write its profile; no profiling when absent
 * @returns the session and the time of its creation in milliseconds, ONNX Runtime's own loading excluded
 * Errors: `invalid-model`, `not-found`, `unsupported`, `provider-failed`, `out-of-memory`, each a sentence.
 */
export async function createSession(
  source: string | Uint8Array,
  options: {
    provider: ProviderId;
    settings: CaseSettings;
    leavesWeights?: boolean;
    sleeps?: boolean;
    plansMemory?: boolean;
    profilePrefix?: string;
    /** ONNX Runtime tells on standard error what it does. */
    isVerbose?: boolean;
    /** What ONNX Runtime throws it does not tell on standard error as well: for those who catch it and go on in another way. */
    isQuiet?: boolean;
    /** Where the graph after all optimisations shall be written, and the name of a file beside it for its weights. */
    optimizedGraph?: { path: string; weightsFile: string };
  },
): Promise<{ session: Session; loadMs: number }> {
  const ort = await loadOnnxRuntime();
  const { sessionOptions: base, environment } = sessionOptionsOf(options.provider, options.settings);
  Object.assign(process.env, environment);
  const sessionOptions: OnnxRuntime.InferenceSession.SessionOptions = {
    ...base,
    extra: {
      ...base.extra,
      ...optimizedEntries(options.optimizedGraph),
      ...(options.sleeps ? { 'session.intra_op.allow_spinning': '0' } : {}),
      ...(options.leavesWeights ? { 'session.disable_prepacking': '1' } : {}),
    },
    ...chooseThreads(options.settings),
    ...(options.plansMemory === false ? { enableMemPattern: false } : {}),
    ...(options.profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
    ...(options.isVerbose === true ? { logSeverityLevel: 0 as const } : {}),
    ...(options.isQuiet === true ? { logSeverityLevel: 4 as const } : {}),
    ...(options.optimizedGraph === undefined ? {} : { optimizedModelFilePath: options.optimizedGraph.path }),
  };
  try {
    const startMs = performance.now();
    // One call for each: the declarations know no union.
    const session =
      typeof source === 'string'
        ? await ort.InferenceSession.create(source, sessionOptions)
        : await ort.InferenceSession.create(source, sessionOptions);
    const loadMs = performance.now() - startMs;
    await requireReadable(session);
    return { session, loadMs };
  } catch (error) {
    throw explainLoadError(error, typeof source === 'string' ? source : 'the model', options.provider);
  }
}

/** Outputs are put into a plain object by their names, where this one sets something else. */
const LOST_NAME = '__proto__';

/** It loads models with int4 and uint4 outputs, and ends the process when such a model is run. Others it refuses to load. */
async function requireReadable(session: Session): Promise<void> {
  const output = session.outputMetadata.find(
    (metadata) => metadata.isTensor && metadata.type !== 'string' && !isNumeric(metadata.type),
  );
  if (session.outputNames.includes(LOST_NAME)) {
    await session.release();
    throw new AppError(
      'unsupported',
      `The model has an output called “${LOST_NAME}”, which the interface of ONNX Runtime for JavaScript loses. Give it another name.`,
    );
  }
  if (!output?.isTensor) return;
  await session.release();
  throw new AppError(
    'unsupported',
    `The output “${output.name}” has the element type ${output.type}, which onnxruntime-node cannot hand over. Cast it to float32 inside the model.`,
  );
}

/** Weights written apart are not copied into one message first, which would double the memory. */
function optimizedEntries(graph: { weightsFile: string } | undefined): Record<string, string> {
  if (graph === undefined) return {};
  return {
    'session.optimized_model_external_initializers_file_name': graph.weightsFile,
    'session.optimized_model_external_initializers_min_size_in_bytes': '1024',
  };
}
