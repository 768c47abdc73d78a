import { expect, it } from 'vitest';
import { filesOf } from './dropped-files.ts';

const file = new File([], 'a.onnx');

it('takes the files of a drop as they are', () => {
  expect(filesOf({ dataTransfer: { files: [file], items: [{ kind: 'file' }] } })).toEqual([file]);
});

it('sees items only while something is dragged, and only files among them', () => {
  const item = { kind: 'file' };
  expect(filesOf({ dataTransfer: { files: [], items: [item, { kind: 'string' }] } })).toEqual([item]);
});

it.each([[null], [{}], [{ dataTransfer: null, target: null }]])('finds nothing in %j', (event) => {
  expect(filesOf(event)).toEqual([]);
});
