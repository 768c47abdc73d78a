/** Words for what ONNX Runtime throws: its messages carry C++ signatures, build paths and status codes. */
import { AppError, type AppErrorKind } from '#shared/app-error.ts';

const outOfMemoryMarks = [
  /bad_alloc/,
  /bad allocation/i,
  /failed to allocate/i,
  /out of memory/i,
  /E_OUTOFMEMORY/,
  // A browser's.
  /Array buffer allocation failed/i,
];

type LoadErrorRule = { mark: RegExp; kind: AppErrorKind; explain: (file: string, message: string) => string };

/** What a message of ONNX Runtime is about, tried in this order. */
const loadErrors: readonly LoadErrorRule[] = [
  {
    mark: /Protobuf parsing failed|INVALID_PROTOBUF/,
    kind: 'invalid-model',
    explain: (file) => `${file} is not an ONNX model, or it is damaged or cut off: its bytes cannot be parsed.`,
  },
  {
    mark: /does not have a graph/,
    kind: 'invalid-model',
    explain: (file) => `${file} is not an ONNX model: it holds no graph.`,
  },
  {
    mark: /path is a directory/,
    kind: 'not-found',
    explain: (file) => `${file} is a folder, not a model file.`,
  },
  {
    mark: /NO_SUCHFILE|File doesn't exist|No such file/i,
    kind: 'not-found',
    explain: (file, message) => `${file}, or a file with its weights, does not exist: ${cleanMessage(message)}`,
  },
  {
    mark: /No Op registered for|is not a registered function\/op/i,
    kind: 'invalid-model',
    explain: (file, message) => `${file} uses ${describeOperator(message)}, which ONNX Runtime does not know.`,
  },
  {
    mark: /Could not find an implementation for|NOT_IMPLEMENTED/,
    kind: 'unsupported',
    explain: (file, message) =>
      `${file} uses an operator that this provider does not implement for its types: ${cleanMessage(message)}`,
  },
  {
    // The runtime of WebGL.
    mark: /cannot resolve operator '/,
    kind: 'unsupported',
    explain: (file, message) =>
      `${file} uses the operator “${/cannot resolve operator '(\w+)'/.exec(message)?.[1]}”, which this provider does not have.`,
  },
  {
    mark: /requires f16 but the device does not support it/,
    kind: 'unsupported',
    explain: (file) => `${file} computes in float16, which this GPU or its driver cannot.`,
  },
  {
    // The runtime of WebGL.
    mark: /unsupported data type: [A-Z]/,
    kind: 'unsupported',
    explain: (file, message) =>
      `${file} holds values of the element type ${/unsupported data type: (\w+)/.exec(message)?.[1]?.toLowerCase()}, which this provider does not take.`,
  },
  {
    mark: /Unsupported data type: \d+/,
    kind: 'unsupported',
    explain: (file) =>
      `An input or output of ${file} has an element type that onnxruntime-node cannot hand over, such as bfloat16. Cast it to float32 inside the model.`,
  },
  {
    mark: /opset|ir_version|IR version/i,
    kind: 'unsupported',
    explain: (file, message) =>
      `${file} needs a version of ONNX that this ONNX Runtime does not support: ${cleanMessage(message)}`,
  },
];

/** `the operator “Foo” (node “bar”)`, as far as the message says it. */
function describeOperator(message: string): string {
  const operator = /No Op registered for (\S+)|(\S+) is not a registered function\/op/i.exec(message);
  const node = /In Node, \("([^"]+)"/.exec(message)?.[1];
  const name = operator?.[1] ?? operator?.[2];
  return `${name === undefined ? 'an operator' : `the operator “${name}”`}${node === undefined ? '' : ` in its node “${node}”`}`;
}

/**
 * Turns an error of session creation into a sentence.
 * @param provider a failure on any other provider than the CPU is the provider's, unless the file itself is broken
 */
export function explainLoadError(error: unknown, path: string, provider: string): AppError {
  if (error instanceof AppError) return error;
  const file = `“${path.split(/[\\/]/).at(-1) ?? path}”`;
  const message = messageOf(error);
  const detail = cleanMessage(message);
  if (isOutOfMemory(message)) {
    return new AppError('out-of-memory', `There is not enough memory to load ${file}: ${detail}`, {
      cause: error,
    });
  }
  const known = loadErrors.find(({ mark }) => mark.test(message));
  if (known) return new AppError(known.kind, known.explain(file, message), { cause: error });
  if (/Failed to load shared library/i.test(message)) {
    return new AppError(
      'provider-failed',
      `${provider} does not work on this machine, because a library that it needs cannot be loaded. Devices, or “whittle devices”, tells which.`,
      { cause: error },
    );
  }
  return provider === 'node:cpu'
    ? new AppError('invalid-model', `ONNX Runtime cannot load ${file}: ${detail}`, { cause: error })
    : new AppError('provider-failed', `${provider} cannot load ${file}: ${detail}`, {
        cause: error,
      });
}

/** Values that a table or a slice cannot take, or shapes that do not go together. */
const OF_INPUTS = /out of (data )?bounds|out of range|mismatch|invalid dimensions|unexpected.*shape/i;

/** First the runtime for Node, then that for browsers. */
const NO_TENSOR = /Non tensor type is temporarily not supported|non-tensor typed value is not supported/;

/**
 * Turns an error of a run into a sentence.
 * @param about.areGenerated whether the inputs were, so that the model may be right and they wrong
 */
export function explainRunError(error: unknown, provider: string, about: { areGenerated?: boolean } = {}): AppError {
  if (error instanceof AppError) return error;
  const message = messageOf(error);
  const detail = cleanMessage(message);
  if (isOutOfMemory(message)) {
    return new AppError('out-of-memory', `There was not enough memory to run the model on ${provider}: ${detail}`, {
      cause: error,
    });
  }
  if (NO_TENSOR.test(message)) {
    return new AppError(
      'unsupported',
      `The model has an output that is no tensor but a sequence, a map or an optional, which ${provider} cannot hand over. Whittle can measure models with tensor outputs only.`,
      { cause: error },
    );
  }
  const hint =
    about.areGenerated === true && OF_INPUTS.test(message)
      ? ' Its inputs were generated and may be none that it takes: give real ones with --inputs or --data, or set sizes with --dimension.'
      : '';
  return new AppError('provider-failed', `The model failed while it ran on ${provider}: ${detail}${hint}`, {
    cause: error,
  });
}

/**
 * A signature such as `onnxruntime::Status onnxruntime::Foo::Bar(const X&, int)`, and after it the C++ condition that did not
 * hold, where words follow that say the same.
 */
const FAILED_CHECK =
  /(?:(?:const|static|void|bool|int|[\w<>&*,]*::[\w<>&*,]+)\s+)*(?:onnxruntime|std|Ort)::[\w:~<>]+\([^)]*\)(?:\s*const)?\s*(?:::<lambda\([^)]*\)>)?\s*(?:.*? was false\.\s+(?=\S))?/g;

/** How ONNX Runtime Web begins to tell of an error of the code that it has in common with others. */
const WEB_PREFIX = /(?:Can't create a session|failed to call OrtRun\(\))\. ERROR_CODE: \d+, ERROR_MESSAGE: /g;

/** The message of a native error without status codes, C++ signatures and source positions; ends as a sentence. */
export function cleanMessage(message: string): string {
  const cleaned = message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(at |Stacktrace|#\d+ )/i.test(line))
    .join(' ')
    .replaceAll(WEB_PREFIX, '')
    .replaceAll(/\[ONNXRuntimeError\]\s*:\s*\d+\s*:\s*\w+\s*:\s*/g, '')
    .replaceAll(/(?:[\w./\\-]+\/)?[\w-]+\.(?:cc|cpp|h|hpp|cu):\d+\s+/g, '')
    .replaceAll(FAILED_CHECK, '')
    .replace(/^Load model from .* failed:\s*/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const text = cleaned === '' ? 'it gave no reason' : cleaned;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function isOutOfMemory(message: string): boolean {
  return outOfMemoryMarks.some((mark) => mark.test(message));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
