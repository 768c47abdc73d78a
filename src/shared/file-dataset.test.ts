import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileDatasetId, parseFileDatasetId } from './file-dataset.ts';
import { datasetText } from './text/case-text.ts';

test('what names a file’s rows can be taken apart again', () => {
  const hash = fc.stringMatching(/^[0-9a-f]{12}$/);
  const labels = fc.option(fc.string({ minLength: 1 }).filter((text) => !/@[0-9a-f]+(#|$)/.test(text)));
  fc.assert(
    fc.property(fc.record({ fileName: fc.string(), hash, labels }), (about) => {
      expect(parseFileDatasetId(fileDatasetId(about))).toEqual(about);
    }),
  );
});

test.each([
  ['file:test.npz@0123456789ab', 'test.npz@0123456789ab'],
  ['file:test.npz@0123456789ab#y', 'test.npz@0123456789ab with the classes “y”'],
  ['file:a@b#c.npz@0123456789ab#y', 'a@b#c.npz@0123456789ab with the classes “y”'],
  ['fashion-mnist/test', 'fashion-mnist/test'],
])('%s is shown as %s', (id, text) => {
  expect(datasetText(id)).toBe(text);
});

test.each(['generated', 'fashion-mnist/test', '/home/somebody/photos', 'file:without-hash'])(
  '%s names no rows of a file',
  (id) => {
    expect(parseFileDatasetId(id)).toBeNull();
  },
);
