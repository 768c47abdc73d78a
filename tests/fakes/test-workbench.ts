/** A workbench in a home of its own, in this process, for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExperimentPlanInput } from '../../src/shared/case.ts';
import type { Environment } from '../../src/shared/experiment.ts';
import type { Job } from '../../src/shared/job.ts';
import { createWorkbench } from '../../src/workbench/create-workbench.ts';
import type { SystemFiles } from '../../src/workbench/machine-state/system-files.ts';
import type { SilenceLimits } from '../../src/workbench/experiments/silence-limits.ts';
import { createLocalClient, type WorkbenchClient } from '../../src/workbench/local-client.ts';
import type { PrintPdf } from '../../src/workbench/report-shelf/create-report.ts';
import type { WebRuntimeOrObstacle } from '../../src/workbench/web-engine/runner-page.ts';
import { enginePrograms } from '../engine-programs.ts';
import type { FakeModel } from './fake-model.ts';

export const fakeEnginePath = enginePrograms.fake.path;
export const realEnginePath = enginePrograms.real.path;
export const samplesPath = join(import.meta.dirname, '../../resources/samples');

export const testEnvironment: Environment = {
  whittleVersion: '0.0.0-test',
  onnxruntimeNodeVersion: '1.30.0',
  nodeVersion: process.version,
  electronVersion: null,
  platform: process.platform,
};

/** A machine that tells nothing: what a fake engine measures must not depend on what else the machine does. */
export const silentMachine: SystemFiles = { readText: () => null, listFolder: () => [] };

export type TestWorkbench = {
  client: WorkbenchClient;
  homePath: string;
  /** What was logged as a warning or an error. */
  complaints: string[];
  close: () => Promise<void>;
};

export function createTemporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'whittle-test-'));
}

export async function openWorkbench(
  homePath: string,
  options: {
    enginePath?: string;
    samplesPath?: string | null;
    printPdf?: PrintPdf;
    web?: WebRuntimeOrObstacle;
    silenceLimits?: Partial<SilenceLimits>;
  } = {},
): Promise<TestWorkbench> {
  const enginePath = options.enginePath ?? fakeEnginePath;
  const complaints: string[] = [];
  const workbench = await createWorkbench({
    homePath,
    enginePath,
    ...(enginePath === fakeEnginePath ? { machineFiles: silentMachine } : {}),
    samplesPath: options.samplesPath ?? null,
    versions: testEnvironment,
    printPdf: options.printPdf ?? null,
    ...(options.web === undefined ? {} : { web: options.web }),
    ...(options.silenceLimits === undefined ? {} : { silenceLimits: options.silenceLimits }),
    log: {
      info: () => {},
      warn: (message) => void complaints.push(message),
      error: (message) => void complaints.push(message),
    },
  });
  return { client: createLocalClient(workbench), homePath, complaints, close: () => workbench.close() };
}

/** Writes a “model” for the fake engine. @returns its path */
export function writeFakeModel(folder: string, model: FakeModel): string {
  const path = join(folder, `${model.name}.onnx`);
  writeFileSync(path, JSON.stringify(model));
  return path;
}

export async function importFake(client: WorkbenchClient, folder: string, model: FakeModel): Promise<string> {
  const { variant } = await client.models.import({ path: writeFakeModel(folder, model) });
  return variant.id;
}

/** Waits until the job is over. */
export async function finish(client: WorkbenchClient, jobId: string): Promise<Job> {
  for await (const _ of await client.jobs.watch({ id: jobId })) {
    // Each step is a state; the last is the end.
  }
  return client.jobs.get({ id: jobId });
}

/**
 * For what must not wait for an engine that goes on for minutes. How long it takes on a machine of its own, `bench/cancel-time.ts`
 * measures.
 */
export const AT_ONCE_MS = 10_000;

/**
 * A plan for fake models of a fraction of a millisecond: blocks of a run end at a number of samples, so that the first look comes within a
 * second, and the time is left to a machine that others use.
 */
export const untilDecided: Pick<ExperimentPlanInput, 'providers' | 'timeBudgetSeconds'> = {
  providers: ['node:cpu'],
  timeBudgetSeconds: 100,
};

export async function waitFor(condition: () => boolean | Promise<boolean>, limitMs = 120_000): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error('What was waited for did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
