import { expect, test } from 'vitest';
import { warningsOfThreads } from './thread-warnings.ts';

test.each([
  [0, { coreCount: 16, cores: 1.5 }, /16 threads, one per core, but .* 1\.5 cores.*Choose 2 threads\.$/],
  [0, { coreCount: 4, cores: 0.5 }, /Choose 1 thread\.$/],
  [0, { coreCount: 2, cores: 1.5 }, null],
  [0, { coreCount: 16, cores: null }, null],
  [0, { coreCount: null, cores: 1 }, null],
  [8, { coreCount: 16, cores: 1 }, null],
])('%i threads with %j', (intraOpThreads, limits, expected) => {
  const [warning] = warningsOfThreads({ intraOpThreads }, limits);
  expect(warning?.message ?? '').toMatch(expected ?? /^$/);
});
