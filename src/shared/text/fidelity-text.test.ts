import { describe, expect, it, test } from 'vitest';
import { cosineText, fidelityWords } from './fidelity-text.ts';

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

test('classes are named only where the task has them', () => {
  expect(fidelityWords({ cosine: 0.999, top1Agreement: null })).toBe('cosine 0.9990');
  expect(fidelityWords({ cosine: 0.999, top1Agreement: 0.981 })).toBe('98.1 % same class, cosine 0.9990');
});
