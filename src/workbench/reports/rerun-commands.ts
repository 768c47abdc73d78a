/** The command lines that make the variants and measure the experiment again, on any machine that has the files. */
import { experimentPlanSchema, type PlanInputs } from '#shared/case.ts';
import { parseFileDatasetId } from '#shared/file-dataset.ts';
import { scenarioWords } from '#shared/text/scenario-words.ts';
import { settingWords } from '#shared/text/setting-words.ts';
import type { Experiment } from '#shared/experiment.ts';
import type { Variant } from '#shared/model.ts';
import type { Quality } from '#shared/quality.ts';
import { datasetText, hasUnknownClasses } from '#shared/text/case-text.ts';
import { charactersOf } from '#shared/text/name-text.ts';

/** Where the command of these lines comes from. */
export const CLONE_REMARK =
  'The command “whittle” comes with Whittle: in a clone of it, after “npm ci && npm run build”, write “npx whittle” instead.';

export type RerunCommands = {
  /** Models and files of arrays by the names that the commands use, with the hashes that they must have, or their start. */
  files: { fileName: string; sha256: string }[];
  /** The recipes have to be in the files that these lines name. */
  compress: string[];
  bench: string;
  /** Where the experiment and its files are in the library. */
  reproduce: string;
  evaluate: string[];
  exportRuns: string;
};

/**
 * @param known.variants files that the library still holds; of others their names are not known
 * @param known.quality what was measured of the experiment's files
 */
export function rerunCommands(
  experiment: Experiment,
  known: { variants: readonly Variant[]; quality: readonly Quality[] },
): RerunCommands {
  const { plan, runs } = experiment;
  const measured = new Set(plan.variantIds);
  const quality = known.quality.filter(({ variantId }) => measured.has(variantId));
  const made = known.variants.flatMap(({ id, recipe, parentId, fidelity }) =>
    measured.has(id) && recipe !== null && parentId !== null ? [{ id, parentId, fidelity }] : [],
  );
  const names = new Map([
    ...known.variants.map(({ id, name }) => [id, name] as const),
    ...runs.map(({ model }) => [model.sha256, model.name] as const),
  ]);
  // What was measured, what that was made of, and what it was held against.
  const hashes = new Set([
    ...measured,
    ...made.map(({ parentId }) => parentId),
    ...quality.flatMap(({ referenceId }) => referenceId ?? []),
  ]);
  const fileNames = uniqueFileNames([...hashes].map((sha256) => ({ sha256, name: names.get(sha256) ?? sha256 })));
  const fileName = (sha256: string): string => fileNames.get(sha256) ?? `${sha256}.onnx`;
  const data = [
    ...quality.map(({ datasetId }) => datasetId),
    ...made.flatMap(({ fidelity }) => fidelity?.inputs ?? []),
  ];
  return {
    files: [...[...hashes].map((sha256) => ({ fileName: fileName(sha256), sha256 })), ...arrayFiles(plan.inputs, data)],
    compress: made.map(({ id, parentId, fidelity }) => {
      const target = fileName(id);
      // It was held against its parent on the data that it was calibrated on.
      const words = fidelity === null ? [] : dataWords(fidelity.inputs);
      return commandLine('compress', [fileName(parentId), '--recipe', recipeFileName(target), ...words, '-o', target]);
    }),
    bench: commandLine('bench', [
      ...plan.variantIds.map(fileName),
      '--provider',
      plan.providers.join(','),
      '--threads',
      plan.intraOpThreads.join(','),
      '--batch',
      plan.batchSizes.join(','),
      '--time',
      String(plan.timeBudgetSeconds),
      ...(plan.idleSeconds.length === 0
        ? []
        : ['--idle', plan.idleSeconds.join(','), '--idle-repeats', String(plan.idleRepeats)]),
      ...(plan.sustainedSeconds === 0 ? [] : ['--sustained', String(plan.sustainedSeconds)]),
      ...(plan.compareArena ? ['--compare-arena'] : []),
      ...(plan.runtimeInterface === runtimeInterface ? [] : ['--interface', plan.runtimeInterface]),
      ...(plan.latencyBound === undefined
        ? []
        : ['--latency-bound', String(plan.latencyBound.ms), '--bound-on', plan.latencyBound.statistic]),
      ...scenarioWords(plan),
      ...(plan.stopEarly ? [] : ['--no-early-stop']),
      ...(plan.profile ? [] : ['--no-profile']),
      ...percentWords('--precision', plan.precision, precision),
      ...percentWords('--smallest-difference', plan.smallestDifference, smallestDifference),
      ...(plan.seed === undefined ? [] : ['--seed', String(plan.seed)]),
      ...inputWords(plan.inputs),
      ...settingWords(plan),
    ]),
    reproduce: commandLine('bench', ['--reproduce', experiment.id]),
    evaluate: quality.map(({ variantId, provider, datasetId, itemCount, referenceId, metrics }) =>
      commandLine('evaluate', [
        fileName(variantId),
        ...dataWords(datasetId),
        ...(metrics.top1 !== undefined && hasUnknownClasses(datasetId) ? ['--labels', 'NOT_RECORDED'] : []),
        // Of inputs that are generated there are always as many.
        ...(datasetId === 'generated' ? [] : ['--limit', String(itemCount)]),
        ...(referenceId === null ? [] : ['--reference', fileName(referenceId)]),
        '--provider',
        provider,
      ]),
    ),
    exportRuns: commandLine('runs', ['export', experiment.id, '-o', `${experiment.id}.runs.json`]),
  };
}

const { precision, smallestDifference, runtimeInterface } = experimentPlanSchema
  .pick({ precision: true, smallestDifference: true, runtimeInterface: true })
  .parse({});

/** A share that is not the default, in per cent. */
function percentWords(option: string, share: number, usual: number): string[] {
  return share === usual ? [] : [option, String(Number((share * 100).toPrecision(12)))];
}

/** Files by their names alone: where they lay says nothing on another machine. */
function inputWords(inputs: PlanInputs): string[] {
  switch (inputs.kind) {
    case 'generated':
      return [];
    case 'file':
      return ['--inputs', datasetText(inputs.path)];
    case 'dataset':
      return dataWords(inputs.datasetId);
  }
}

/** Files of arrays that the commands name, each once. Of those that results name the start of the hash is known. */
function arrayFiles(inputs: PlanInputs, datasetIds: readonly string[]): RerunCommands['files'] {
  const measuredOn =
    inputs.kind === 'file' && inputs.sha256 !== undefined
      ? [{ fileName: datasetText(inputs.path), sha256: inputs.sha256 }]
      : [];
  const others = datasetIds.flatMap((datasetId) => {
    const file = parseFileDatasetId(datasetId);
    return file === null ? [] : [{ fileName: file.fileName, sha256: `${file.hash}…` }];
  });
  const all = [...measuredOn, ...others];
  const isSame = (one: (typeof all)[number], other: (typeof all)[number]): boolean =>
    one.fileName === other.fileName && one.sha256.startsWith(other.sha256.replace('…', ''));
  return all.filter((file, index) => all.findIndex((first) => isSame(first, file)) === index);
}

/** Of a dataset, a folder with one, or a file; generated inputs need no words. */
function dataWords(datasetId: string): string[] {
  if (datasetId === 'generated') return [];
  const file = parseFileDatasetId(datasetId);
  if (file !== null) {
    return ['--inputs', file.fileName, ...(file.labels === null ? [] : ['--labels', file.labels])];
  }
  const name = datasetText(datasetId);
  return ['--data', name === datasetId ? datasetId : `./${name}`];
}

function recipeFileName(fileName: string): string {
  return fileName.replace(/\.onnx$/, '.recipe.json');
}

/** One word of a POSIX shell's command line. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function commandLine(command: string, words: readonly string[]): string {
  return ['whittle', command, ...words.map(shellWord)].join(' ');
}

/** `name.onnx`, and with the start of the hash where names repeat. */
function uniqueFileNames(files: readonly { sha256: string; name: string }[]): Map<string, string> {
  const stems = files.map(({ name }) => fileStem(name));
  return new Map(
    files.map(({ sha256 }, index) => {
      const stem = stems[index] as string;
      const isUnique = stems.filter((other) => other.toLowerCase() === stem.toLowerCase()).length === 1;
      return [sha256, `${isUnique ? stem : `${stem}-${sha256.slice(0, 8)}`}.onnx`];
    }),
  );
}

function fileStem(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/\.onnx$/i, '')
    .replaceAll(/[^\p{L}\p{N}._ -]+/gu, '_')
    .replace(/^[-. ]+/, '');
  const stem = charactersOf(safe).slice(0, 100).join('').trim();
  return stem === '' ? 'model' : stem;
}
