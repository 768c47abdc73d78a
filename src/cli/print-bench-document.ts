import { type BenchDocument, benchDocumentSchema } from '#shared/documents.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import type { Output } from './command-context.ts';
import { readDetails } from './print-details.ts';
import { printJson } from './print-json.ts';

/** The document of `bench` and `runs show`. */
export async function printBenchDocument(
  client: WorkbenchClient,
  stdout: Output,
  experimentId: string,
  more: Pick<BenchDocument, 'reproduction' | 'operators'> = {},
): Promise<void> {
  const experiment = await client.experiments.get({ id: experimentId });
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
    ...more,
  };
  printJson(stdout, benchDocumentSchema, document);
}
