/** Measures a stored experiment again: the same files, settings, seed and time on the same device, or not at all. */
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { ExperimentPlan, PlanInputs } from '#shared/case.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { deviceName } from '../devices/machine.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import type { StoredExperiment } from '../store/experiment-rows.ts';
import type { StoredRun } from '../store/run-rows.ts';
import { startExperiment } from './experiment-jobs.ts';

const SHOWN_DIGITS = 12;

/**
 * @param about.inputs where the file or dataset of its inputs lies now; it has to be the same by its hash
 * Errors: `not-found` for an unknown experiment and for a file that the library does not hold, or inputs that are not where they were; `conflict` for a file whose
 * content is another one now, for another device, and for an experiment that is not completed; `cancelled`.
 */
export async function reproduceExperiment(
  dependencies: Parameters<typeof startExperiment>[0],
  { id, inputs }: { id: string; inputs?: string | undefined },
  signal?: AbortSignal,
): Promise<{ experimentId: string; jobId: string }> {
  const { store, library, machine } = dependencies;
  const original = store.experiments.get(id);
  if (original === null || original.isRemoved) throw new AppError('not-found', `There is no experiment ${id}.`);
  if (original.status !== 'completed') {
    throw new AppError('conflict', `“${original.name}” is ${original.status}, so there is no result to reproduce.`);
  }
  const device = await machine.device();
  if (device.fingerprint !== original.device.fingerprint) throw otherDevice(original, deviceName(device));
  const runs = store.runs.listOf(id);
  for (const sha256 of new Set(original.plan.variantIds)) {
    const name = runs.find((run) => run.model.sha256 === sha256)?.model.name ?? sha256;
    if (store.models.getVariant(sha256) === null) throw missingFile({ name, sha256 });
    const found = await library.inspect(library.getVariant(sha256).path, signal);
    if (found.sha256 !== sha256) throw changedFile({ name, sha256 }, found.sha256);
  }
  const runtimeInterface = runs.some((run) => store.records.get(run.id)?.runtimeInterface === 'c') ? 'c' : 'javascript';
  const plan: ExperimentPlan = {
    ...original.plan,
    inputs: await findInputs(original, inputs, dependencies.datasets),
    runtimeInterface,
    name: nameOfRepeat(original.name),
    reproduces: id,
  };
  return startExperiment(dependencies, plan, signal);
}

/** One that came from elsewhere has the names of its file and its folder alone: where those lay says nothing here. */
async function findInputs(
  original: StoredExperiment,
  place: string | undefined,
  datasets: DatasetCatalog,
): Promise<PlanInputs> {
  const { inputs } = original.plan;
  switch (inputs.kind) {
    case 'generated':
      if (place === undefined) return inputs;
      throw new AppError(
        'wrong-usage',
        `The inputs of “${original.name}” were generated, and are generated again from its seed: name no file and no dataset for them.`,
      );
    case 'dataset': {
      const datasetId = place ?? inputs.datasetId;
      await datasets.resolve(datasetId, { split: 'test', tiedFamily: null }).catch((error: unknown) => {
        throw missingInputs(original, { what: 'dataset', place: datasetId, option: '--data' }, error);
      });
      return { ...inputs, datasetId };
    }
    case 'file': {
      const path = place ?? inputs.path;
      const found = isAbsolute(path) ? await stat(path).catch(() => null) : null;
      if (found === null) throw missingInputs(original, { what: 'file', place: path, option: '--inputs' });
      return { ...inputs, path };
    }
  }
}

function missingInputs(
  { id, name }: StoredExperiment,
  { what, place, option }: { what: string; place: string; option: string },
  cause?: unknown,
): AppError {
  return new AppError(
    'not-found',
    `The inputs of “${name}” came from a ${what}, and there is no ${what} ${quoteName(place)} here. “whittle bench --reproduce ${id} ${option} …” says where it lies.`,
    { cause },
  );
}

/** Names have at most 120 characters. */
function nameOfRepeat(name: string): string {
  return name.startsWith('Again: ') ? name : `Again: ${name}`.slice(0, 120);
}

function otherDevice(original: StoredExperiment, here: string): AppError {
  return new AppError(
    'conflict',
    `“${original.name}” was measured on ${deviceName(original.device)} (${original.device.fingerprint}), and this is ${here}: times of two devices say nothing about each other. Run it there, or measure anew with “whittle bench”.`,
  );
}

function missingFile({ name, sha256 }: { name: string; sha256: string }): AppError {
  return new AppError(
    'not-found',
    `The library does not hold ${quoteName(name)} with the hash ${sha256.slice(0, SHOWN_DIGITS)}…. Import that file, then reproduce.`,
  );
}

function changedFile(model: Pick<StoredRun['model'], 'name' | 'sha256'>, foundSha256: string): AppError {
  return new AppError(
    'conflict',
    `The file of ${quoteName(model.name)} has changed since: its hash is ${foundSha256.slice(0, SHOWN_DIGITS)}… and was ${model.sha256.slice(0, SHOWN_DIGITS)}…. Put the old file back, or measure anew with “whittle bench”.`,
  );
}
