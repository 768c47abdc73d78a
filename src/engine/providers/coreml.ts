import type { NativeProvider } from './provider.ts';

/** `COREML_FLAG_CREATE_MLPROGRAM`: the newer of Core ML's two model formats, which takes more operators and keeps float16. */
const CREATE_ML_PROGRAM = 0x010;

/**
 * Apple's GPU and Neural Engine; Core ML decides which, and may compute in float16.
 * Source: https://onnxruntime.ai/docs/execution-providers/CoreML-ExecutionProvider.html
 */
export const coremlProvider: NativeProvider = {
  id: 'node:coreml',
  title: 'Core ML',
  backend: 'coreml',
  executionProviders: [{ name: 'coreml', coreMlFlags: CREATE_ML_PROGRAM }],
  failures: [
    {
      mark: /Failed to (create|compile|load).*(MLModel|CoreML|model)/i,
      explain: (detail) => `Core ML could not compile the model: ${detail}`,
    },
  ],
};
