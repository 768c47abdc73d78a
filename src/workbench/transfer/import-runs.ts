import { constants } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import type { Store } from '../store/store.ts';
import { type ExportedExperiment, type RunsFile, runsFileSchema } from './runs-file.ts';

/** 512 MiB: a longer text is no string. */
const LARGEST_TEXT_BYTES = constants.MAX_STRING_LENGTH;
const TOO_LARGE = 'its text is larger than 512 MiB. Export fewer experiments into one file';
const GZIP_MAGIC = [0x1f, 0x8b];

/** Adds what is not known yet; what is known stays as it is. A file that is refused adds nothing. */
export async function importRuns(
  store: Store,
  path: string,
): Promise<{ experimentIds: string[]; runCount: number; skippedCount: number }> {
  const sourcePath = resolve(path);
  const file = parse(await read(sourcePath), sourcePath);
  return store.transaction(() => {
    let runCount = 0;
    let skippedCount = 0;
    for (const experiment of file.experiments) {
      if (isKnown(store, experiment)) {
        skippedCount += experiment.runs.length;
        continue;
      }
      add(store, experiment);
      runCount += experiment.runs.length;
    }
    const fingerprints = new Set(file.experiments.map((experiment) => experiment.device.fingerprint));
    for (const quality of file.quality) if (fingerprints.has(quality.deviceFingerprint)) store.quality.add(quality);
    return { experimentIds: file.experiments.map(({ id }) => id), runCount, skippedCount };
  });
}

/** One that was removed and is not purged yet comes back. */
function isKnown(store: Store, { id }: ExportedExperiment): boolean {
  const known = store.experiments.get(id);
  if (known?.isRemoved) store.experiments.markRemoved(id, null);
  return known !== null;
}

function add(store: Store, experiment: ExportedExperiment): void {
  const { runs, looks = [], ...rest } = experiment;
  store.devices.saveUnknown(experiment.device, experiment.createdAtMs);
  store.experiments.add({ ...rest, jobId: null, isImported: true });
  for (const round of looks) store.experiments.addLook(experiment.id, round);
  for (const [position, exported] of runs.entries()) {
    const {
      blocks,
      operators = null,
      record = null,
      sustained = [],
      scenarioStates,
      scenarioBlocks,
      ...run
    } = exported;
    if (store.runs.get(run.id) !== null) {
      throw new AppError('invalid-input', `The run ${run.id} of the file belongs to another experiment here.`);
    }
    store.runs.add({ ...run, experimentId: experiment.id, model: { ...run.model, path: null } }, position);
    if (operators !== null) store.runs.saveOperators(run.id, operators);
    if (record !== null) store.records.save(run.id, record);
    for (const block of sustained) store.records.addSustained(run.id, block);
    for (const state of scenarioStates ?? []) store.scenarios.saveState(run.id, state);
    for (const block of scenarioBlocks ?? []) store.scenarios.addBlock(run.id, block);
    for (const block of blocks) store.runs.addBlock(run.id, block);
  }
}

async function read(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new AppError('not-found', `There is no file ${path}.`);
  if (found.size > LARGEST_TEXT_BYTES) throw refusal(path, TOO_LARGE);
  const bytes = await readFile(path);
  if (bytes[0] !== GZIP_MAGIC[0] || bytes[1] !== GZIP_MAGIC[1]) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_TEXT_BYTES }).toString('utf8');
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw refusal(path, isTooLarge ? TOO_LARGE : `it cannot be unpacked (${(error as Error).message})`);
  }
}

function parse(text: string, path: string): RunsFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal(path, 'it is not JSON, or ends too early');
  }
  const marker = z.object({ format: z.literal('whittle-runs'), version: z.number() }).safeParse(value);
  if (!marker.success) throw refusal(path, 'it does not say that it is a file of Whittle runs');
  if (marker.data.version > 1) throw refusal(path, 'a newer Whittle wrote it. Update Whittle to read it');
  const parsed = runsFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw refusal(path, `${issue?.path.join('.') ?? 'it'}: ${issue?.message ?? 'is not valid'}`);
}

function refusal(path: string, why: string): AppError {
  return new AppError('invalid-input', `${path} is not a runs file that can be imported: ${why}.`);
}
