/** How results name the rows of a file that they were measured on, and the classes that these were held against. */

export type FileDataset = {
  fileName: string;
  /** The start of the file's hash. */
  hash: string;
  /** The array with the classes; null where there were none, or where an older Whittle did not write it down. */
  labels: string | null;
};

/**
 * Two files of one name are two sets of data, and so are the rows of one file with the classes of two arrays.
 * @returns `file:frames.npz@0123456789ab`, and `file:frames.npz@0123456789ab#y` with classes
 */
export function fileDatasetId({ fileName, hash, labels }: FileDataset): string {
  return `file:${fileName}@${hash}${labels === null ? '' : `#${labels}`}`;
}

/** @returns null for what names no file */
export function parseFileDatasetId(datasetId: string): FileDataset | null {
  const [, fileName, hash, labels = null] = /^file:(.*)@([0-9a-f]+)(?:#(.*))?$/s.exec(datasetId) ?? [];
  return fileName === undefined || hash === undefined ? null : { fileName, hash, labels };
}
