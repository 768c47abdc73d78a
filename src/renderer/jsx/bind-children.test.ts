import { expect, test } from 'vitest';
import { bindChildren } from './bind-children.ts';

const BOUND = '\u00a0';

test('text is bound, alone and as parts that continue one another', () => {
  expect(bindChildren('p', { children: '74 % smaller' })).toEqual({ children: `74${BOUND}% smaller` });
  expect(bindChildren('td', { id: 'a', children: ['took ', 12.3, ' ms, ', '5 s'] })).toEqual({
    id: 'a',
    children: ['took ', 12.3, `${BOUND}ms, `, `5${BOUND}s`],
  });
});

test.each([
  ['code is copied', 'code', { children: 'bench "my 5 s.onnx"' }],
  ['there is nothing to bind', 'p', { children: ['a', null, { type: 'b' }] }],
  ['there is no text', 'p', {}],
])('properties stay the same object where %s', (_, type, props: { children?: unknown }) => {
  expect(bindChildren(type as 'p', props)).toBe(props);
});
