import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findMissingPackages } from './lockfile.mjs';
import { rootPath } from './paths.mjs';

describe('a lockfile that npm wrote where some packages cannot be reached', () => {
  const packages = {
    '': {},
    'node_modules/tool': {
      dev: true,
      optionalDependencies: {
        '@tool/binding-linux-x64-gnu': '2.0.0',
        '@tool/binding-linux-arm-musleabihf': '2.0.0',
        '@tool/darwin-arm64': '2.0.0',
        '@tool/wasm32-wasi': '2.0.0',
        helper: '^1.0.0',
      },
    },
    'node_modules/@tool/binding-linux-x64-gnu': { version: '2.0.0' },
    'node_modules/@tool/darwin-arm64': { version: '1.0.0' },
    'node_modules/helper': { version: '1.4.0' },
  };

  test('is completed with the platforms that the names tell', () => {
    expect(findMissingPackages(packages)).toEqual([
      {
        path: 'node_modules/@tool/binding-linux-arm-musleabihf',
        entry: { version: '2.0.0', cpu: ['arm'], dev: true, libc: ['musl'], optional: true, os: ['linux'] },
      },
      {
        path: 'node_modules/tool/node_modules/@tool/darwin-arm64',
        entry: { version: '2.0.0', cpu: ['arm64'], dev: true, optional: true, os: ['darwin'] },
      },
      {
        path: 'node_modules/@tool/wasm32-wasi',
        entry: { version: '2.0.0', cpu: ['wasm32'], dev: true, optional: true },
      },
    ]);
  });

  test('is refused when a name tells no platform', () => {
    const odd = { 'node_modules/tool': { optionalDependencies: { 'tool-extra': '1.0.0' } } };
    expect(() => findMissingPackages(odd)).toThrow('tool-extra is missing');
  });
});

test('package-lock.json is complete: else npm ci refuses it (run scripts/complete-lockfile.mjs)', () => {
  const lockfile = JSON.parse(readFileSync(join(rootPath, 'package-lock.json'), 'utf8'));
  expect(findMissingPackages(lockfile.packages)).toEqual([]);
});
