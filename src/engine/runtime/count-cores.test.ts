import { describe, expect, test } from 'vitest';
import { countPhysicalCores, parseCpuList } from './count-cores.ts';

test.each([
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['0-1,8,10-11', [0, 1, 8, 10, 11]],
])('the list %s', (text, expected) => {
  expect(parseCpuList(text)).toEqual(expected);
});

/** Four cores with two threads each: 0 and 4 are siblings, and so on. */
const readHyperthreaded = (allowed: string) => (path: string) => {
  if (path === '/proc/self/status') return `Cpus_allowed:\tff\nCpus_allowed_list:\t${allowed}\n`;
  const cpu = Number(/cpu(\d+)\/topology/.exec(path)?.[1]) % 4;
  return `${cpu},${cpu + 4}\n`;
};

describe.runIf(process.platform === 'linux')('physical cores', () => {
  test.each([
    ['of the whole machine count once', '0-7', 4],
    ['count only as far as the process may use them', '0-1,4', 2],
  ])('%s', (_, allowed, expected) => {
    expect(countPhysicalCores(readHyperthreaded(allowed))).toBe(expected);
  });

  test('are unknown where the topology is hidden', () => {
    expect(
      countPhysicalCores(() => {
        throw new Error('ENOENT');
      }),
    ).toBeNull();
  });
});
