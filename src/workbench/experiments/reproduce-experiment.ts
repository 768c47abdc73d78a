/** Measures a stored experiment again: the same files, settings, seed and time on the same device, or not at all. */
import { AppError } from '#shared/app-error.ts';
import type { ExperimentPlan } from '#shared/case.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { deviceName } from '../devices/machine.ts';
import type { StoredExperiment } from '../store/experiment-rows.ts';
import type { StoredRun } from '../store/run-rows.ts';
import { startExperiment } from './experiment-jobs.ts';

const SHOWN_DIGITS = 12;

/**
 * Errors: `not-found` for an unknown experiment and for a file that the library does not hold; `conflict` for a file whose
 * content is another one now, for another device, and for an experiment that is not completed; `cancelled`.
 */
export async function reproduceExperiment(
  dependencies: Parameters<typeof startExperiment>[0],
  id: string,
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
    runtimeInterface,
    name: nameOfRepeat(original.name),
    reproduces: id,
  };
  return startExperiment(dependencies, plan, signal);
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
