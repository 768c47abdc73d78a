import { describe, expect, test } from 'vitest';
import { fakeDevice } from '../../tests/fakes/fake-device.ts';
import { caseSettingsSchema } from './case.ts';
import { excessThreads } from './excess-threads.ts';

const cpu = { ...fakeDevice.cpu, usableCores: 2, physicalCores: 2 };

describe('threads beyond the usable cores', () => {
  test.each([
    ['sequential', 0, 1, null],
    ['sequential', 2, 64, null],
    ['sequential', 3, 1, '3 threads'],
    ['parallel', 2, 1, null],
    ['parallel', 0, 0, null],
    ['parallel', 2, 2, null],
    ['parallel', 1, 3, null],
    ['parallel', 2, 3, '3 threads that compute at the same time (of 3 inter-op and 2 intra-op ones)'],
    ['parallel', 0, 64, '64 threads that compute at the same time (of 64 inter-op and 2 intra-op ones)'],
  ] as const)(
    'in %s mode with %i intra-op and %i inter-op threads',
    (executionMode, intraOpThreads, interOp, threads) => {
      const settings = caseSettingsSchema.parse({ executionMode, intraOpThreads, interOpThreads: interOp });
      expect(excessThreads(settings, cpu)?.threads ?? null).toBe(threads);
    },
  );
});
