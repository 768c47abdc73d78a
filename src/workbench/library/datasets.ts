/** The datasets that Whittle knows, and folders of IDX files by their path. */
import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { Dataset, DatasetSource } from '#shared/dataset.ts';
import { readIdxDimensions } from './idx-header.ts';

type ResolvedDataset = { dataset: Dataset; source: DatasetSource };

export type DatasetCatalog = {
  list: () => Promise<Dataset[]>;
  /**
   * @param idOrPath a dataset's id, a family (then its split for the purpose), or the path of a folder with IDX files
   * @param options.tiedFamily whose class names and preparation a folder of items of the same shape takes over
   */
  resolve: (
    idOrPath: string,
    options: { split: Dataset['split']; tiedFamily: string | null },
  ) => Promise<ResolvedDataset>;
  /** Whether a model can be tied to it: a family, or a folder. */
  isTieable: (idOrPath: string) => boolean;
};

type Bundled = { family: string; split: Dataset['split']; title: string; imagesFile: string; labelsFile: string };

const FASHION_MNIST_CLASSES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

const families: Record<string, Pick<DatasetSource, 'classNames' | 'preparation'> & { licence: string }> = {
  'fashion-mnist': {
    classNames: FASHION_MNIST_CLASSES,
    preparation: { scale: 255, mean: 0.286, standardDeviation: 0.353 },
    licence: 'MIT, Copyright 2017 Zalando SE',
  },
};

const bundled: readonly Bundled[] = [
  {
    family: 'fashion-mnist',
    split: 'test',
    title: 'Fashion-MNIST, test set',
    imagesFile: 't10k-images-idx3-ubyte.gz',
    labelsFile: 't10k-labels-idx1-ubyte.gz',
  },
  {
    family: 'fashion-mnist',
    split: 'train',
    title: 'Fashion-MNIST, part of the training set',
    imagesFile: 'train5k-images-idx3-ubyte.gz',
    labelsFile: 'train5k-labels-idx1-ubyte.gz',
  },
];

const FORMAT = 'idx';

export function createDatasetCatalog(samplesPath: string | null): DatasetCatalog {
  const known = samplesPath === null ? [] : bundled;

  const readBundled = (entry: Bundled): Promise<ResolvedDataset> => {
    const folder = join(samplesPath as string, entry.family);
    return describe({
      id: `${entry.family}/${entry.split}`,
      family: entry.family,
      split: entry.split,
      title: entry.title,
      inputsPath: join(folder, entry.imagesFile),
      labelsPath: join(folder, entry.labelsFile),
    });
  };

  return {
    list: () => Promise.all(known.map(async (entry) => (await readBundled(entry)).dataset)),
    isTieable: (idOrPath) => known.some((entry) => entry.family === idOrPath) || isFolder(idOrPath),
    async resolve(idOrPath, { split, tiedFamily }) {
      const entry =
        known.find((candidate) => `${candidate.family}/${candidate.split}` === idOrPath) ??
        known.find((candidate) => candidate.family === idOrPath && candidate.split === split);
      if (entry) return readBundled(entry);
      if (isFolder(idOrPath)) return readFolder(resolve(idOrPath), split, tiedFamily);
      const ids = known.map((candidate) => `${candidate.family}/${candidate.split}`).join(', ');
      throw new AppError(
        'not-found',
        `There is no dataset “${idOrPath}”: it is neither known (${ids || 'none is bundled'}) nor a folder with IDX files.`,
      );
    },
  };

  async function readFolder(
    folder: string,
    split: Dataset['split'],
    tiedFamily: string | null,
  ): Promise<ResolvedDataset> {
    const { inputsPath, labelsPath } = findIdxFiles(folder, split);
    const resolved = await describe({ id: folder, family: folder, split, title: folder, inputsPath, labelsPath });
    const tied = tiedFamily === null ? undefined : known.find((entry) => entry.family === tiedFamily);
    if (!tied) return resolved;
    const { dataset: tiedDataset } = await readBundled(tied);
    if (tiedDataset.itemShape.join() !== resolved.dataset.itemShape.join()) return resolved;
    const { classNames, preparation } = families[tied.family] as (typeof families)[string];
    return {
      dataset: { ...resolved.dataset, classNames },
      source: { ...resolved.source, classNames, preparation },
    };
  }
}

async function describe(
  entry: Pick<Dataset, 'id' | 'family' | 'split' | 'title'> & Pick<DatasetSource, 'inputsPath' | 'labelsPath'>,
): Promise<ResolvedDataset> {
  const [itemCount = 0, ...itemDimensions] = await readIdxDimensions(entry.inputsPath);
  const family = families[entry.family];
  const source: DatasetSource = {
    id: entry.id,
    format: FORMAT,
    inputsPath: entry.inputsPath,
    labelsPath: entry.labelsPath,
    classNames: family?.classNames ?? [],
    preparation: family?.preparation ?? { scale: 255, mean: 0, standardDeviation: 1 },
  };
  return {
    source,
    dataset: {
      id: entry.id,
      family: entry.family,
      split: entry.split,
      title: entry.title,
      format: FORMAT,
      itemCount,
      hasLabels: entry.labelsPath !== null,
      classNames: source.classNames,
      // Images of one channel come as [rows, columns]; models take [channels, rows, columns].
      itemShape: itemDimensions.length === 2 ? [1, ...itemDimensions] : itemDimensions,
      licence: family?.licence ?? null,
    },
  };
}

/** Of several image files the one whose name speaks of the split, else the first by name. */
function findIdxFiles(folder: string, split: Dataset['split']): { inputsPath: string; labelsPath: string | null } {
  const names = readdirSync(folder).sort();
  const images = names.filter((name) => /images[.-]idx\d-ubyte(\.gz)?$/.test(name));
  const wanted = split === 'test' ? /t10k|test|val/ : /train/;
  const chosen = images.find((name) => wanted.test(name)) ?? images[0];
  if (chosen === undefined) {
    throw new AppError(
      'invalid-input',
      `The folder ${folder} holds no IDX images: a file named like t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz is needed.`,
    );
  }
  const stem = chosen.slice(0, chosen.lastIndexOf('images'));
  const labels = names.find((name) => name.startsWith(`${stem}labels`) && /idx1-ubyte(\.gz)?$/.test(name));
  return { inputsPath: join(folder, chosen), labelsPath: labels === undefined ? null : join(folder, labels) };
}

function isFolder(path: string): boolean {
  return isAbsolute(path) && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}
