import { describe, expect, it, test } from 'vitest';
import { agreementText, cosineText, fidelityWords } from './fidelity-text.ts';

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

test.each([
  [1, 256, '100.0 %'],
  [255 / 256, 256, '99.6 %'],
  [9_999 / 10_000, 10_000, '99.99 %'],
  [999_999 / 1_000_000, 1_000_000, '99.99 %'],
  [999 / 1000, 999, '99.9 %'],
  [0, 10, '0.0 %'],
])('agreement of %f of %i items is %s: all of them only where it is all of them', (share, itemCount, text) => {
  expect(agreementText(share, itemCount)).toBe(text);
});

test('classes are named only where the task has them', () => {
  expect(fidelityWords({ cosine: 0.999, top1Agreement: null, itemCount: 256 })).toBe('cosine 0.9990');
  expect(fidelityWords({ cosine: 0.999, top1Agreement: 0.981, itemCount: 256 })).toBe(
    '98.1 % same class, cosine 0.9990',
  );
});
