import { expect, test } from 'vitest';
import { readBound, writeBound } from './address-bound.ts';

test.each([null, { ms: 0.25, statistic: 'p99' as const }, { ms: 1500, statistic: 'median' as const }])(
  'a bound is read as it was written, and the rest of the address stays: %j',
  (bound) => {
    const written = writeBound(new URLSearchParams('other=1&bound=7&on=p90'), bound);
    expect(readBound(written)).toEqual(bound);
    expect(written.get('other')).toBe('1');
  },
);

test.each(['', 'bound=soon', 'bound=-1', 'bound=5&on=p17'])('an address that says nothing has none: %s', (search) => {
  expect(readBound(new URLSearchParams(search))).toBeUndefined();
});
