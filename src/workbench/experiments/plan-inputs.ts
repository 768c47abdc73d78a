/** What the cases of an experiment run on: checked and hashed at the start, handed to the engines when they load. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { PlanInputs } from '#shared/case.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import { fileDatasetId } from '#shared/file-dataset.ts';
import { formatBytes } from '#shared/format.ts';
import { throwIfCancelled } from '../unless-aborted.ts';
import type { DatasetCatalog } from '../library/datasets.ts';

const SHOWN_DIGITS = 12;

/** As of inputs that are generated. */
const LARGEST_ARRAY_BYTES = 2 ** 31;
const NPY_MAGIC = '\u{93}NUMPY';

/**
 * @returns with the hash of the file that holds the inputs
 * Errors: `not-found` and `input-output` for files that cannot be read; `conflict` where the plan names another hash;
 * `unsupported` for an array beyond 2 GiB, which is not read for it; `cancelled`.
 */
export async function hashPlanInputs(
  inputs: PlanInputs,
  datasets: DatasetCatalog,
  signal?: AbortSignal,
): Promise<PlanInputs> {
  if (inputs.kind === 'generated') return inputs;
  const path =
    inputs.kind === 'file'
      ? inputs.path
      : (await datasets.resolve(inputs.datasetId, { split: 'test', tiedFamily: null })).source.inputsPath;
  if (inputs.kind === 'file') await refuseLargeArray(path);
  const sha256 = await hashFile(path, signal);
  if (inputs.sha256 !== undefined && inputs.sha256 !== sha256) {
    throw new AppError(
      'conflict',
      `The inputs in ${path} have changed since: their hash is ${sha256.slice(0, SHOWN_DIGITS)}… and was ${inputs.sha256.slice(0, SHOWN_DIGITS)}…. Put the old file back, or measure anew with “whittle bench”.`,
    );
  }
  return { ...inputs, sha256 };
}

/**
 * A file whose rows are items, and how results name it.
 * Errors: those of `hashPlanInputs`.
 */
export async function inputsOfFile(
  path: string,
  { signal, ...rows }: { labels: string | null; limit: number | null; signal: AbortSignal },
): Promise<{ inputs: InputSource; datasetId: string }> {
  const fileName = basename(path);
  await refuseLargeArray(path);
  const sha256 = await hashFile(path, signal);
  return {
    inputs: { kind: 'arrays', path, fileName, ...rows },
    datasetId: fileDatasetId({ fileName, hash: sha256.slice(0, SHOWN_DIGITS), labels: rows.labels }),
  };
}

/** @param about.tiedFamily what the model is tied to: a folder of items of the same shape takes over its preparation */
export async function inputSourceOf(
  inputs: PlanInputs,
  about: { datasets: DatasetCatalog; tiedFamily: string | null; seed: number },
): Promise<InputSource> {
  switch (inputs.kind) {
    case 'generated':
      return { kind: 'generated', seed: about.seed };
    case 'file':
      return { kind: 'arrays', path: inputs.path, fileName: basename(inputs.path), labels: null, limit: null };
    case 'dataset': {
      const { tiedFamily } = about;
      const { source } = await about.datasets.resolve(inputs.datasetId, { split: 'test', tiedFamily });
      return { kind: 'dataset', dataset: source, limit: null };
    }
  }
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) {
      throwIfCancelled(signal);
      hash.update(chunk as Buffer);
    }
  } catch (error) {
    throw readError(path, error);
  }
  return hash.digest('hex');
}

/** A `.npy` file is a header and one array; those of a `.npz` file may be packed, and are told when they are read. */
async function refuseLargeArray(path: string): Promise<void> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size <= LARGEST_ARRAY_BYTES) return;
    const { buffer } = await file.read({ buffer: Buffer.alloc(NPY_MAGIC.length), position: 0 });
    if (buffer.toString('latin1') !== NPY_MAGIC) return;
    throw new AppError(
      'unsupported',
      `The array in ${path} takes ${formatBytes(size)}; Whittle takes ${formatBytes(LARGEST_ARRAY_BYTES)} at most. Save fewer of its items.`,
    );
  } catch (error) {
    throw readError(path, error);
  }
}

function readError(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new AppError('not-found', `The file ${path} does not exist.`, { cause: error });
  return new AppError('input-output', `${path} cannot be read: ${message}.`, { cause: error });
}
