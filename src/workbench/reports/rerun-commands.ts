/** The command lines that make the variants and measure the experiment again, on any machine that has the files. */
import type { Experiment } from '#shared/experiment.ts';
import type { Variant } from '#shared/model.ts';
import type { Recipe } from '#shared/recipe.ts';
import { otherSettingsText } from './case-text.ts';
import { charactersOf } from './name-text.ts';

export type RerunCommands = {
  /** The files by the names that the commands use, with the hashes that they must have. */
  files: { fileName: string; sha256: string }[];
  /** Recipe files to write before the variants can be made. */
  recipes: { fileName: string; recipe: Recipe }[];
  compress: string[];
  bench: string;
  evaluate: string[];
  exportRuns: string;
  /** Settings that the command line of `bench` has no option for. */
  otherSettings: string[];
};

/** @param variants those of the experiment's files that the library still knows */
export function rerunCommands(experiment: Experiment, variants: readonly Variant[]): RerunCommands {
  const { plan, runs } = experiment;
  const hashes = [...new Set(plan.variantIds)];
  const known = new Map(variants.map((variant) => [variant.id, variant]));
  const names = new Map(runs.map((run) => [run.model.sha256, run.model.name]));
  const fileNames = uniqueFileNames(hashes.map((sha256) => ({ sha256, name: names.get(sha256) ?? sha256 })));
  const fileName = (sha256: string): string => fileNames.get(sha256) ?? `${sha256}.onnx`;
  const made = hashes.flatMap((sha256) => {
    const variant = known.get(sha256);
    if (!variant?.recipe || variant.parentId === null) return [];
    const recipeFile = fileName(sha256).replace(/\.onnx$/, '.recipe.json');
    return [{ variant, recipe: variant.recipe, recipeFile, parentId: variant.parentId }];
  });
  return {
    files: hashes.map((sha256) => ({ fileName: fileName(sha256), sha256 })),
    recipes: made.map(({ recipeFile, recipe }) => ({ fileName: recipeFile, recipe })),
    compress: made.map(({ variant, recipeFile, parentId }) =>
      commandLine('compress', [fileName(parentId), '--recipe', recipeFile, '-o', fileName(variant.id)]),
    ),
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
      ...(plan.seed === undefined ? [] : ['--seed', String(plan.seed)]),
    ]),
    evaluate: hashes.flatMap((sha256) => {
      const reference = known.get(sha256)?.modelId;
      const against = reference === undefined || reference === sha256 ? [] : ['--reference', fileName(reference)];
      return plan.providers.map((provider) =>
        commandLine('evaluate', [fileName(sha256), ...against, '--provider', provider]),
      );
    }),
    exportRuns: commandLine('runs', ['export', experiment.id, '-o', `${experiment.id}.runs.json`]),
    otherSettings: otherSettingsText(plan.settings),
  };
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
