import { z } from 'zod';
import { defineProvider } from './provider.ts';

/** Source: include/onnxruntime/core/providers/coreml/coreml_provider_factory.h */
const FLAGS = {
  cpuOnly: 0x001,
  subgraphs: 0x002,
  onlyWithNeuralEngine: 0x004,
  staticShapesOnly: 0x008,
  mlProgram: 0x010,
  cpuAndGpu: 0x020,
};

/**
 * Apple's GPU and Neural Engine; Core ML decides which, and may compute in float16.
 * Source: https://onnxruntime.ai/docs/execution-providers/CoreML-ExecutionProvider.html
 */
export const coremlProvider = defineProvider({
  id: 'node:coreml',
  title: 'Core ML',
  platforms: ['darwin'],
  needs: 'macOS on Apple silicon.',
  backend: 'coreml',
  options: z.strictObject({
    computeUnits: z
      .enum(['all', 'cpu-and-gpu', 'cpu'])
      .default('all')
      .describe('Where Core ML may compute: everywhere with the Neural Engine, without it, or on the CPU alone.'),
    modelFormat: z
      .enum(['ml-program', 'neural-network'])
      .default('ml-program')
      .describe('ML programs take more operators and keep float16; neural networks are the older format.'),
    staticShapesOnly: z
      .boolean()
      .default(false)
      .describe('Leaves nodes with open shapes to the CPU: with those Core ML is slow, or compiles again.'),
    subgraphs: z.boolean().default(false).describe('Also takes nodes in the bodies of If, Loop and Scan.'),
    onlyWithNeuralEngine: z
      .boolean()
      .default(false)
      .describe('Uses Core ML only on machines that have a Neural Engine.'),
  }),
  setUp({ computeUnits, modelFormat, staticShapesOnly, subgraphs, onlyWithNeuralEngine }) {
    const coreMlFlags =
      (computeUnits === 'cpu' ? FLAGS.cpuOnly : computeUnits === 'cpu-and-gpu' ? FLAGS.cpuAndGpu : 0) |
      (modelFormat === 'ml-program' ? FLAGS.mlProgram : 0) |
      (staticShapesOnly ? FLAGS.staticShapesOnly : 0) |
      (subgraphs ? FLAGS.subgraphs : 0) |
      (onlyWithNeuralEngine ? FLAGS.onlyWithNeuralEngine : 0);
    return { executionProviders: [{ name: 'coreml', coreMlFlags }] };
  },
  notOffered:
    'The cache for compiled models, low-precision accumulation and specialization exist in ONNX Runtime, but onnxruntime-node passes on flags only.',
  ignoredSettings: [],
  failures: [
    {
      mark: /Failed to (create|compile|load).*(MLModel|CoreML|model)/i,
      explain: (detail) => `Core ML could not compile the model: ${detail}`,
    },
  ],
});
