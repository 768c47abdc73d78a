/** Words for what ONNX Runtime throws: its messages carry C++ signatures, build paths and status codes. */
import { basename } from 'node:path';
import { AppError, type AppErrorKind } from '#shared/app-error.ts';

const outOfMemoryMarks = [/bad_alloc/, /bad allocation/i, /failed to allocate/i, /out of memory/i, /E_OUTOFMEMORY/];

/** What a message of ONNX Runtime is about, tried in this order. */
const loadErrors: readonly {
  mark: RegExp;
  kind: AppErrorKind;
  explain: (file: string, detail: string) => string;
}[] = [
  {
    mark: /Protobuf parsing failed|INVALID_PROTOBUF/,
    kind: 'invalid-model',
    explain: (file) =>
      `${file} is not an ONNX model: its bytes are not a protobuf message, or the file is damaged or cut off.`,
  },
  {
    mark: /NO_SUCHFILE|File doesn't exist|No such file/i,
    kind: 'not-found',
    explain: (file, detail) => `${file}, or a file with its weights, does not exist or cannot be read: ${detail}`,
  },
  {
    mark: /is not a registered function\/op|No Op registered for/i,
    kind: 'invalid-model',
    explain: (file, detail) => `${file} uses an operator that ONNX Runtime does not know: ${detail}`,
  },
  {
    mark: /Could not find an implementation for|NOT_IMPLEMENTED/,
    kind: 'unsupported',
    explain: (file, detail) =>
      `${file} uses an operator that this provider does not implement for its types: ${detail}`,
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
    explain: (file, detail) => `${file} needs a newer or another ONNX than this ONNX Runtime supports: ${detail}`,
  },
];

/**
 * Turns an error of session creation into a sentence.
 * @param provider a failure on any other provider than the CPU is the provider's, unless the file itself is broken
 */
export function explainLoadError(error: unknown, path: string, provider: string): AppError {
  if (error instanceof AppError) return error;
  const file = `“${basename(path)}”`;
  const detail = cleanMessage(error);
  const message = messageOf(error);
  if (isOutOfMemory(message)) {
    return new AppError('out-of-memory', `There is not enough memory to load ${file}: ${detail}`, {
      cause: error,
    });
  }
  const known = loadErrors.find(({ mark }) => mark.test(message));
  if (known) return new AppError(known.kind, known.explain(file, detail), { cause: error });
  return provider === 'node:cpu'
    ? new AppError('invalid-model', `ONNX Runtime cannot load ${file}: ${detail}`, { cause: error })
    : new AppError('provider-failed', `${provider} cannot load ${file}: ${detail}`, {
        cause: error,
      });
}

/** Turns an error of a run into a sentence. */
export function explainRunError(error: unknown, provider: string): AppError {
  if (error instanceof AppError) return error;
  const detail = cleanMessage(error);
  if (isOutOfMemory(messageOf(error))) {
    return new AppError('out-of-memory', `There was not enough memory to run the model on ${provider}: ${detail}`, {
      cause: error,
    });
  }
  return new AppError('provider-failed', `The model failed while it ran on ${provider}: ${detail}`, { cause: error });
}

/** The message of a native error without status codes, C++ signatures and source positions; ends as a sentence. */
export function cleanMessage(error: unknown): string {
  const cleaned = messageOf(error)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(at |Stacktrace|#\d+ )/i.test(line))
    .join(' ')
    .replaceAll(/\[ONNXRuntimeError\]\s*:\s*\d+\s*:\s*\w+\s*:\s*/g, '')
    .replaceAll(/(?:[\w./\\-]+\/)?[\w-]+\.(?:cc|cpp|h|hpp|cu):\d+\s+/g, '')
    // Signatures such as `onnxruntime::Status onnxruntime::Foo::Bar(const X&, int)`.
    .replaceAll(/(?:[\w:<>&*,]+\s+)*(?:onnxruntime|std|Ort)::[\w:~<>]+\([^)]*\)(?:\s*const)?\s*(?:::\(\w+\)\s*)?/g, '')
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
