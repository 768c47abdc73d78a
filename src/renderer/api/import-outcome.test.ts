import { expect, it } from 'vitest';
import { toFileName } from './file-name.ts';
import { expandFolders, importOutcomeOf, modelPathsOf } from './import-outcome.ts';

it.each([
  [['/a.onnx', '/a.onnx_data', '/weights.bin'], ['/a.onnx']],
  [['/A.ONNX'], ['/A.ONNX']],
  [['/note.txt'], ['/note.txt']],
  [[], []],
])('imports the models of %j', (paths, expected) => expect(modelPathsOf(paths)).toEqual(expected));

it('takes the models of a folder, and keeps why there is none in another', async () => {
  const found = await expandFolders(['/a.onnx', '/export', '/images'], async (path) => {
    if (path === '/images') throw new Error('It holds no .onnx file.');
    return [`${path}/model.onnx`, `${path}/onnx/q4.onnx`];
  });
  expect(found).toEqual({
    paths: ['/a.onnx', '/export/model.onnx', '/export/onnx/q4.onnx'],
    refused: [{ fileName: 'images', error: new Error('It holds no .onnx file.') }],
  });
});

const added = { isNew: true } as Awaited<ReturnType<Parameters<typeof importOutcomeOf>[1]>>;

it('imports the others when one file is refused', async () => {
  const outcome = await importOutcomeOf(
    ['/x/good.onnx', 'C:\\x\\bad.onnx'],
    async (path) => {
      if (path.includes('bad')) throw new Error('It is broken.');
      return added;
    },
    new AbortController().signal,
  );
  expect(outcome.imported).toEqual([{ isNew: true }]);
  expect(outcome.refused).toEqual([{ fileName: 'bad.onnx', error: new Error('It is broken.') }]);
});

it('leaves out what was cancelled, and what would have come after', async () => {
  const controller = new AbortController();
  const asked: string[] = [];
  const importPath = async (path: string) => {
    asked.push(path);
    if (path === 'a.onnx') return added;
    controller.abort();
    throw new Error('Cancelled.');
  };
  const outcome = await importOutcomeOf(['a.onnx', 'b.onnx', 'c.onnx'], importPath, controller.signal);
  expect(outcome).toEqual({ imported: [added], refused: [] });
  expect(asked).toEqual(['a.onnx', 'b.onnx']);
});

it.each([
  ['resnet', '.onnx', 'resnet.onnx'],
  ['resnet.ONNX', '.onnx', 'resnet.onnx'],
  ['a/b:c*?', '.json', 'a-b-c.json'],
  [' ... ', '.onnx', 'whittle.onnx'],
])('names the file of “%s”', (name, extension, expected) => expect(toFileName(name, extension)).toBe(expected));
