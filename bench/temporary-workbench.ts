/** A real workbench in a temporary home, for benches of Whittle itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExperimentPlanInput } from '#shared/case.ts';
import type { Experiment } from '#shared/experiment.ts';
import { createWorkbench } from '#workbench/create-workbench.ts';
import { installedWebRuntime } from '#workbench/browser/installed-web-runtime.ts';
import { programPathsOf } from '#workbench/program-paths.ts';
import { createLocalClient, type WorkbenchClient } from '#workbench/local-client.ts';

export const enginePath = join(import.meta.dirname, '../src/engine/entry.ts');
const programsPath = join(import.meta.dirname, '../out/main');
export const samplesPath = join(import.meta.dirname, '../resources/samples');
export const samplePath = (name: string): string => join(samplesPath, `${name}.onnx`);

export type TemporaryWorkbench = {
  client: WorkbenchClient;
  folder: string;
  /** Runs a whole experiment. Errors: those of its job. */
  measure: (plan: ExperimentPlanInput) => Promise<Experiment>;
  close: () => Promise<void>;
};

/** @param options.withBrowser measures `web:*` too, in an installed browser; needs `npm run build` */
export async function openTemporaryWorkbench(options: { withBrowser?: boolean } = {}): Promise<TemporaryWorkbench> {
  const folder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));
  const workbench = await createWorkbench({
    homePath: join(folder, 'home'),
    enginePath,
    samplesPath: null,
    ...(options.withBrowser === true ? { web: installedWebRuntime(programPathsOf(programsPath), process.env) } : {}),
    versions: {
      whittleVersion: 'bench',
      onnxruntimeNodeVersion: 'bench',
      nodeVersion: process.version,
      electronVersion: null,
      platform: process.platform,
    },
    printPdf: null,
    log: { info: () => {}, warn: (text) => console.error(text), error: (text) => console.error(text) },
  });
  const client = createLocalClient(workbench);
  return {
    client,
    folder,
    async measure(plan) {
      const { experimentId, jobId } = await client.experiments.start(plan);
      for await (const _ of await client.jobs.watch({ id: jobId })) {
        // Only its end matters.
      }
      const job = await client.jobs.get({ id: jobId });
      if (job.status !== 'completed') throw new Error(job.error?.message ?? `The experiment is ${job.status}.`);
      return client.experiments.get({ id: experimentId });
    },
    async close() {
      await workbench.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
