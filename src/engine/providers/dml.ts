import { z } from 'zod';
import { defineProvider } from './provider.ts';

/**
 * DirectML on one Direct3D 12 adapter. It allows neither memory patterns nor parallel execution.
 * Source: https://onnxruntime.ai/docs/execution-providers/DirectML-ExecutionProvider.html
 */
export const dmlProvider = defineProvider({
  id: 'node:dml',
  title: 'DirectML',
  platforms: ['win32'],
  needs: 'A GPU with Direct3D 12, on Windows 10 or newer.',
  backend: 'dml',
  options: z.strictObject({
    deviceId: z
      .int()
      .min(0)
      .max(15)
      .default(0)
      .describe('Number of the adapter in the order of DXGI; 0 is the one that Windows takes by itself.'),
    graphFusion: z
      .boolean()
      .default(true)
      .describe('Hands whole parts of the graph to DirectML, which compiles them; off runs node by node.'),
  }),
  setUp: ({ deviceId, graphFusion }) => ({
    executionProviders: [{ name: 'dml', deviceId }],
    // Read when the session is initialized; DirectML's other entries are read before onnxruntime-node has set them.
    sessionConfig: graphFusion ? {} : { 'ep.dml.disable_graph_fusion': '1' },
  }),
  notOffered:
    'Metacommands, graph capture, the memory arena and a choice by performance or power exist in ONNX Runtime, but onnxruntime-node passes on the number of the device only.',
  ignoredSettings: [{ setting: 'memoryPattern', reason: 'DirectML has no memory patterns: they are always off.' }],
  overrides: { enableMemPattern: false },
  refuse: ({ executionMode }) =>
    executionMode === 'parallel'
      ? 'DirectML cannot run operators in parallel; choose the execution mode “sequential”.'
      : null,
  failures: [
    {
      mark: /DXGI_ERROR_(NOT_FOUND|UNSUPPORTED)|0?x?887A0002|0?x?887A0004|No available (hardware )?adapter/i,
      explain: () => 'DirectML finds no GPU with Direct3D 12.',
    },
    {
      mark: /DXGI_ERROR_DEVICE_(REMOVED|HUNG|RESET)|887A000[567]/i,
      explain: (detail) => `The GPU’s driver gave up while DirectML was using it: ${detail}`,
    },
  ],
});
