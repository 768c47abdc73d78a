import { expect, test } from 'vitest';
import { outcomeAddress } from './outcome-address.ts';

const compressed = {
  kind: 'compress',
  status: 'completed',
  result: { variantId: 'v', isNew: true },
  subject: { modelId: 'm', variantId: 'p' },
} as const;

test.each([
  ['an experiment leads to its results', { kind: 'experiment', result: { experimentId: 'e' } }, '/results/e'],
  ['a compression leads to its variant', {}, '/library/m?variant=v'],
  ['what has not ended leads nowhere', { status: 'running' }, null],
  ['what failed leads nowhere', { status: 'failed' }, null],
  ['an evaluation leads nowhere', { kind: 'evaluate', result: { qualityIds: 'q' } }, null],
  ['an older job that does not say its model leads nowhere', { subject: null }, null],
] as const)('%s', (_, about, address) => {
  expect(outcomeAddress({ ...compressed, ...about })).toBe(address);
});
