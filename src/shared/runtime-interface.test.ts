import { expect, test } from 'vitest';
import { interfaceOfPlan } from './runtime-interface.ts';

test.each([
  [['node:cpu'], 'c', 'c'],
  [['node:cpu'], 'javascript', 'javascript'],
  [['node:cpu', 'web:wasm'], 'c', 'javascript'],
  [['node:cuda'], 'c', 'javascript'],
] as const)('cases on %j that are to go through %s all go through %s', (providers, runtimeInterface, expected) => {
  expect(interfaceOfPlan({ providers, runtimeInterface })).toBe(expected);
});
