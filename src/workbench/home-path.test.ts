import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { defaultHomePath } from './home-path.ts';

test.each<[NodeJS.Platform, Record<string, string>, string]>([
  ['linux', { HOME: '/home/ada' }, '/home/ada/.local/share/whittle'],
  ['linux', { HOME: '/home/ada', XDG_DATA_HOME: '/data' }, '/data/whittle'],
  ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Application Support/Whittle'],
  ['linux', { HOME: '/home/ada', WHITTLE_HOME: '/somewhere' }, '/somewhere'],
  ['linux', { HOME: '/home/ada', WHITTLE_HOME: 'beside' }, resolve('beside')],
])('on %s with %o the home is %s', (platform, env, expected) => {
  expect(defaultHomePath(env, platform)).toBe(expected);
});
