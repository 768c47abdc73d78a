import { expect, test } from 'vitest';
import { filesAndFolders } from './files-and-folders.ts';

type Tree = { [name: string]: Tree | null };

/** What a browser hands over of a file (null) or a folder. */
function entryOf(name: string, content: Tree | null, parent = ''): FileSystemEntry {
  const fullPath = `${parent}/${name}`;
  const about = { name, fullPath, isFile: content === null, isDirectory: content !== null };
  const file = (done: (file: File) => void): void => done(new File([], name));
  const createReader = () => {
    const entries = Object.entries(content ?? {}).map(([child, of]) => entryOf(child, of, fullPath));
    // A few at a time, as browsers do.
    return { readEntries: (done: (some: FileSystemEntry[]) => void) => done(entries.splice(0, 2)) };
  };
  return { ...about, ...(content === null ? { file } : { createReader }) } as unknown as FileSystemEntry;
}

function dropOf(tree: Tree) {
  const items = Object.entries(tree).map(([name, content]) => ({
    kind: 'file',
    webkitGetAsEntry: () => entryOf(name, content),
  }));
  return { type: 'drop', dataTransfer: { items, files: Object.keys(tree).map((name) => new File([], name)) } };
}

async function pathsOf(tree: Tree): Promise<string[]> {
  const files = (await filesAndFolders(dropOf(tree))) as File[];
  return files.map((file) => file.webkitRelativePath || file.name);
}

test('files are taken as they are', async () => {
  expect(await pathsOf({ 'a.onnx': null, 'a.onnx.data': null })).toEqual(['a.onnx', 'a.onnx.data']);
});

test('of a folder, models come with what may be their external data', async () => {
  const tree = {
    'b.onnx': null,
    export: {
      'a.onnx': null,
      weights: null,
      'config.json': null,
      '.git': { 'hidden.onnx': null },
      onnx: { 'a.onnx': null, 'a.onnx_data': null, deeper: { 'c.onnx': null } },
      images: { '1.png': null, labels: null },
    },
  };
  expect(await pathsOf(tree)).toEqual([
    'b.onnx',
    'export/a.onnx',
    'export/weights',
    'export/onnx/a.onnx',
    'export/onnx/a.onnx_data',
  ]);
});

test('a folder without a model is refused, and so is a collection', async () => {
  await expect(pathsOf({ data: { labels: null } })).rejects.toThrow('“data” holds no .onnx file');
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`${index}.onnx`, null]));
  await expect(pathsOf({ zoo: many })).rejects.toThrow('“zoo” holds more than 50 .onnx files');
});

test('while something is dragged, nothing is opened', async () => {
  const item = { kind: 'file' };
  expect(await filesAndFolders({ type: 'dragenter', dataTransfer: { files: [], items: [item] } })).toEqual([item]);
});
