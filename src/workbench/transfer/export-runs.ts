import { basename, isAbsolute, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { AppError } from '#shared/app-error.ts';
import type { PlanInputs } from '#shared/case.ts';
import type { ExperimentBook } from '../experiments/experiment-book.ts';
import type { Store } from '../store/store.ts';
import { jsonPieces } from './json-pieces.ts';
import { requireWritable } from './require-writable.ts';
import type { ExportedExperiment, ExportedRun, RunsFile } from './runs-file.ts';
import { writeWhole } from './write-whole.ts';

/** Experiments, one of them, its runs, one of them, its blocks, one of them. */
const DEPTH_OF_BLOCKS = 6;

/**
 * Writes the experiments that hold these ids to one file; gzipped when its name ends with `.gz`.
 * @param ids of experiments or runs
 */
export async function exportRuns(
  dependencies: { store: Store; book: ExperimentBook },
  ids: readonly string[],
  path: string,
): Promise<{ path: string; experimentCount: number; runCount: number }> {
  const { store, book } = dependencies;
  const targetPath = resolve(path);
  await requireWritable(targetPath);
  const experiments = book.resolveIds(ids).map((id) => collect(store, id));
  const unfinished = experiments.find(({ status }) => status === 'running' || status === 'pending');
  if (unfinished) {
    throw new AppError('conflict', `“${unfinished.name}” is still being measured: export it when it is done.`);
  }
  const fingerprints = new Set(experiments.map((experiment) => experiment.device.fingerprint));
  const hashes = new Set(experiments.flatMap((experiment) => experiment.runs.map((run) => run.model.sha256)));
  const file: RunsFile = {
    format: 'whittle-runs',
    version: 1,
    exportedAtMs: Date.now(),
    experiments,
    quality: store.quality
      .listBest([...hashes])
      .filter((quality) => fingerprints.has(quality.deviceFingerprint))
      .map((quality) => ({ ...quality, datasetId: withoutPlace(quality.datasetId) })),
  };
  const pieces = jsonPieces(file, DEPTH_OF_BLOCKS);
  if (targetPath.endsWith('.gz')) {
    await pipeline(pieces, createGzip(), (zipped: AsyncIterable<Uint8Array>) => writeWhole(targetPath, zipped));
  } else await writeWhole(targetPath, pieces);
  return {
    path: targetPath,
    experimentCount: experiments.length,
    runCount: experiments.reduce((sum, experiment) => sum + experiment.runs.length, 0),
  };
}

function collect(store: Store, id: string): ExportedExperiment {
  const stored = store.experiments.get(id);
  if (stored === null) throw new AppError('not-found', `There is no experiment ${id}.`);
  const { name, environment, device, status, error, createdAtMs, endedAtMs } = stored;
  const runs = store.runs.listOf(id).map(({ model, ...run }): ExportedRun => ({
    ...withoutExperiment(run),
    model: { name: model.name, sha256: model.sha256, sizeBytes: model.sizeBytes },
    record: store.records.get(run.id),
    sustained: store.records.sustained(run.id),
    scenarioStates: store.scenarios.states(run.id),
    scenarioBlocks: store.scenarios.blocks(run.id),
    operators: store.runs.operators(run.id),
    blocks: store.runs.blocks(run.id),
  }));
  const looks = store.experiments.looks(id);
  const plan = { ...stored.plan, inputs: withoutFolder(stored.plan.inputs) };
  return { id, name, plan, environment, device, status, error, createdAtMs, endedAtMs, runs, looks };
}

/** Where files lie on this machine is nobody's affair on another. */
function withoutFolder(inputs: PlanInputs): PlanInputs {
  switch (inputs.kind) {
    case 'generated':
      return inputs;
    case 'file':
      return { ...inputs, path: basename(inputs.path) };
    case 'dataset':
      return { ...inputs, datasetId: withoutPlace(inputs.datasetId) };
  }
}

/** A dataset of one's own is known by the path of its folder. */
function withoutPlace(datasetId: string): string {
  return isAbsolute(datasetId) ? basename(datasetId) : datasetId;
}

function withoutExperiment<R extends { experimentId: string }>(run: R): Omit<R, 'experimentId'> {
  const { experimentId: _experimentId, ...rest } = run;
  return rest;
}
