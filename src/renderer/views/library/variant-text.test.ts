import { describe, expect, it } from 'vitest';
import type { Quality } from '#shared/quality.ts';
import { accuracyOf, cosineText, fidelityWords, tensorText } from './variant-text.ts';

describe('cosineText', () => {
  it.each([
    [1, '1'],
    [0.9999999, '0.99999990'],
    [0.99981, '0.99981'],
    [0.99, '0.9900'],
    [0.5, '0.5000'],
    [-0.25, '-0.2500'],
  ])('shows %f as %s', (cosine, text) => expect(cosineText(cosine)).toBe(text));

  it('never rounds a loss away', () => {
    expect(Number(cosineText(1 - 1e-12))).toBeLessThan(1);
  });
});

const fidelity = {
  cosine: 0.999,
  sqnrDb: 30,
  klDivergence: null,
  maxAbsoluteError: 0.1,
  top1Agreement: null,
  top1AgreementCount: null,
  itemCount: 10,
  inputs: 'generated',
};

it('names classes only where the task has them', () => {
  expect(fidelityWords(fidelity)).toBe('cosine 0.9990');
  expect(fidelityWords({ ...fidelity, top1Agreement: 0.981 })).toBe('98.1 % same class, cosine 0.9990');
});

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
