import type { NativeProvider } from './provider.ts';

/**
 * DirectML on the first Direct3D 12 adapter. It allows neither memory patterns nor parallel execution.
 * Source: https://onnxruntime.ai/docs/execution-providers/DirectML-ExecutionProvider.html
 */
export const dmlProvider: NativeProvider = {
  id: 'node:dml',
  title: 'DirectML',
  backend: 'dml',
  executionProviders: [{ name: 'dml', deviceId: 0 }],
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
};
