import { expect, it } from 'vitest';
import type { Quality } from '#shared/quality.ts';
import { accuracyOf, ownNewestFirst, tensorText } from './variant-text.ts';

it('takes the accuracy on the CPU before one on another provider', () => {
  const top1 = { value: 0.9, ciLow: 0.89, ciHigh: 0.91, count: 900 };
  const known = (provider: Quality['provider'], createdAtMs: number, metrics: Quality['metrics']): Quality => ({
    id: `${provider}-${createdAtMs}`,
    variantId: 'a',
    provider,
    deviceFingerprint: 'd',
    datasetId: 'x',
    itemCount: 1000,
    metrics,
    referenceId: null,
    fidelity: null,
    paired: null,
    createdAtMs,
    durationMs: 1,
  });
  const quality = [
    known('node:webgpu', 9, { top1 }),
    known('node:cpu', 3, { top1 }),
    known('node:cpu', 4, { top1 }),
    known('node:cpu', 8, {}),
  ];
  expect(accuracyOf(quality, 'a')?.id).toBe('node:cpu-4');
  expect(accuracyOf(quality.slice(0, 1), 'a')?.id).toBe('node:webgpu-9');
  expect(accuracyOf(quality, 'b')).toBeNull();
});

it.each([
  [{ dtype: 'float32', shape: ['batch', 1, 28, null] }, 'float32 [batch, 1, 28, ?]'],
  [{ dtype: 'int64', shape: [] }, 'int64 []'],
  [{ dtype: 'float32', shape: null }, 'float32 of unknown shape'],
])('writes a tensor as people do', (tensor, text) => expect(tensorText(tensor)).toBe(text));

it('puts what the user brought first, the newest before the others', () => {
  const model = (importedAtMs: number, isSample: boolean) => ({ importedAtMs, isSample });
  const [first, second] = [model(1, true), model(1, true)];
  const [older, newer] = [model(2, false), model(3, false)];
  expect([first, second, older, newer].toSorted(ownNewestFirst)).toEqual([newer, older, first, second]);
});
