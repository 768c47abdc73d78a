import { expect, test } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import { loadOnnxRuntime } from '../runtime/onnxruntime.ts';
import { createItemRunner } from './run-items.ts';

test.each([[null], [256]])('a file without items is refused, not run, where %s of its rows count', async (rowLimit) => {
  const runner = createItemRunner(
    { run: () => Promise.reject(new Error('It ran.')), release: async () => {} },
    {
      ort: await loadOnnxRuntime(),
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 4] }],
      provider: 'node:cpu',
      settings: caseSettingsSchema.parse({}),
      items: { id: 'empty.npz', itemCount: 1, itemShape: null, hasLabels: false, async *read() {} },
      batchSize: 64,
    },
  );
  const arrays = new Map([['x', { dtype: 'float32', shape: [0, 4], bytes: new Uint8Array() }]]);
  await expect(runner.run({ kind: 'arrays', count: 1, arrays, labels: null, rowLimit }).next()).rejects.toThrow(
    'empty.npz has no items: the array for the input “x” is [0, 4]. Save one item or more',
  );
});
