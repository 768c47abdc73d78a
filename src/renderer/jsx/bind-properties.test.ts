import { expect, test } from 'vitest';
import { bindProperties, bindTexts } from './bind-properties.ts';

const BOUND = '\u00a0';

test('text is bound, alone and as parts that continue one another', () => {
  expect(bindProperties('p', { children: '74 % smaller' })).toEqual({ children: `74${BOUND}% smaller` });
  expect(bindProperties('td', { id: 'a', children: ['took ', 12.3, ' ms, ', '5 s'] })).toEqual({
    id: 'a',
    children: ['took ', 12.3, `${BOUND}ms, `, `5${BOUND}s`],
  });
});

test('properties that are shown are bound, what is copied and looked for is not', () => {
  const names = { 'aria-label': 'took 5 s', value: '5 s' };
  expect(bindProperties('input', { ...names, placeholder: 'such as 5 s', title: '1.2 ms' })).toEqual({
    ...names,
    placeholder: `such as 5${BOUND}s`,
    title: `1.2${BOUND}ms`,
  });
});

test('what becomes an element later is bound by the same rule', () => {
  expect(bindTexts({ title: 'done', message: '74 % smaller', color: 'red' })).toEqual({
    title: 'done',
    message: `74${BOUND}% smaller`,
    color: 'red',
  });
});

test.each([
  ['code is copied', 'code', { children: 'bench "my 5 s.onnx"' }],
  ['there is nothing to bind', 'p', { children: ['a', null, { type: 'b' }] }],
  ['there is no text', 'p', {}],
])('properties stay the same object where %s', (_, type, props: { children?: unknown }) => {
  expect(bindProperties(type as 'p', props)).toBe(props);
});
