/** What a browser takes of a drop. It names no path, so of a folder what may belong to a model is uploaded. */
import { DEEPEST_MODEL_FOLDER, MOST_MODELS_OF_FOLDER, refuseModelFolder } from '#shared/model-folder.ts';
import { filesOf } from './dropped-files.ts';

/** Never the external data of a model, whose names are free; a folder of images is not uploaded with the model in it. */
const OTHER_FILES =
  /\.(?:bmp|csv|gif|gz|html?|ipynb|jpe?g|json|log|md|npy|npz|parquet|pdf|png|py|svg|tsv|txt|webp|ya?ml|zip)$/i;

const DATA_ADVICE =
  'A folder of data is named by its path on the machine that runs Whittle, where a model is compressed or evaluated.';

/** The files of a drop, those of its folders too; while something is dragged, its items. Errors: as `openFolder`. */
export async function filesAndFolders(event: unknown): Promise<(File | DataTransferItem)[]> {
  // To be asked before anything is waited for: after that, what was dropped is forgotten.
  const folders = entriesOfDrop(event).filter(isFolder);
  const dropped = filesOf(event);
  if (folders.length === 0) return dropped;
  const folderNames = new Set(folders.map(({ name }) => name));
  // A folder stands among the files, too, as one that cannot be read.
  const files = dropped.filter((file) => !('name' in file && folderNames.has(file.name)));
  return [...files, ...(await Promise.all(folders.map(openFolder))).flat()];
}

function entriesOfDrop(event: unknown): FileSystemEntry[] {
  const { type, dataTransfer } = (event ?? {}) as Partial<DragEvent>;
  if (type !== 'drop') return [];
  return [...(dataTransfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
}

/**
 * Models of the folder and of those in it, with what may be their external data. Each file knows by its `webkitRelativePath` which folder
 * it lay in. Errors: as `models.find`.
 */
async function openFolder(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const found = await modelFilesOf(folder, 0);
  refuseModelFolder(folder.name, found.filter(({ name }) => isModel(name)).length, DATA_ADVICE);
  return Promise.all(found.map(toFile));
}

/** Of folders without a model nothing; stops as soon as there are too many. */
async function modelFilesOf(folder: FileSystemDirectoryEntry, depth: number): Promise<FileSystemFileEntry[]> {
  const entries = (await entriesOf(folder)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter(isFile).filter(({ name }) => !name.startsWith('.') && !OTHER_FILES.test(name));
  const taken = files.some(({ name }) => isModel(name)) ? files : [];
  if (depth === DEEPEST_MODEL_FOLDER) return taken;
  for (const entry of entries) {
    if (taken.filter(({ name }) => isModel(name)).length > MOST_MODELS_OF_FOLDER) break;
    if (isFolder(entry) && !entry.name.startsWith('.')) {
      // One after the other, so that it can stop.
      // oxlint-disable-next-line no-await-in-loop
      taken.push(...(await modelFilesOf(entry, depth + 1)));
    }
  }
  return taken;
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    // A hundred at a time, and none at the end.
    // oxlint-disable-next-line no-await-in-loop
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return entries;
    entries.push(...some);
  }
}

async function toFile(entry: FileSystemFileEntry): Promise<File> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.replace(/^\//, '') });
}

function isModel(name: string): boolean {
  return name.toLowerCase().endsWith('.onnx');
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
