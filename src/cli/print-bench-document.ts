import { type BenchDocument, benchDocumentSchema } from '#shared/documents.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { sweepDocumentOf } from '#shared/sweet-spot/sweep-document.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import type { Output } from './command-context.ts';
import { readDetails } from './print-details.ts';
import { printJson } from './print-json.ts';
import { readResults } from './print-results.ts';

/** The document of `bench` and `runs show`. */
export async function printBenchDocument(
  client: WorkbenchClient,
  stdout: Output,
  experimentId: string,
  { latencyBound, ...more }: Pick<BenchDocument, 'reproduction' | 'operators'> & { latencyBound?: LatencyBound } = {},
): Promise<void> {
  const { experiment, sweeps } = await readResults(client, experimentId, latencyBound);
  const document: BenchDocument = {
    schema: 1,
    experimentId,
    device: experiment.device,
    environment: experiment.environment,
    seed: experiment.plan.seed ?? 0,
    runs: experiment.runs,
    comparisons: experiment.comparisons,
    details: await readDetails(
      client,
      experiment.runs.map(({ id }) => id),
    ),
    sweeps: sweeps.map(sweepDocumentOf),
    ...more,
  };
  printJson(stdout, benchDocumentSchema, document);
}
