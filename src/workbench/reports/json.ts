/** Everything, raw samples included, for programs. Where files lay is left out: it says nothing on another machine. */
import { z } from 'zod';
import { alignedOperatorsSchema } from '#shared/align-operators.ts';
import { environmentSchema, experimentSchema } from '#shared/experiment.ts';
import { dividedTimeSchema } from '#shared/operator-profile.ts';
import { variantSchema } from '#shared/model.ts';
import { qualitySchema } from '#shared/quality.ts';
import { reproductionSchema } from '#shared/reproduction.ts';
import { runSchema, sampleBlockSchema } from '#shared/run.ts';
import { runDetailsSchema } from '#shared/run-record.ts';
import { sweepDocumentOf, sweepDocumentSchema } from '#shared/sweet-spot/sweep-document.ts';
import { deriveAllResults } from './report-content.ts';
import type { ReportWriter } from './report-writer.ts';

/** `schema` rises when a field changes its meaning or goes away. */
export const reportDocumentSchema = z.object({
  schema: z.literal(1),
  title: z.string(),
  createdAtMs: z.number(),
  environment: environmentSchema,
  experiments: z.array(
    experimentSchema.extend({
      runs: z.array(
        runSchema.extend({
          model: runSchema.shape.model.omit({ path: true }),
          blocks: z.array(sampleBlockSchema),
          operators: dividedTimeSchema.nullable(),
          aligned: alignedOperatorsSchema.nullable(),
          details: runDetailsSchema.nullable(),
        }),
      ),
      /** One for each batch size. */
      answers: z.array(
        z.object({
          batchSize: z.number(),
          headline: z.string(),
          evidence: z.array(z.string()),
          caveats: z.array(z.string()),
        }),
      ),
      /** The sweet spot of each model on each provider. */
      sweeps: z.array(sweepDocumentSchema),
      /** Of an experiment that measured another one again. */
      reproduction: reproductionSchema.nullable().default(null),
    }),
  ),
  quality: z.array(qualitySchema),
  variants: z.array(variantSchema.omit({ path: true })),
});
type ReportDocument = z.infer<typeof reportDocumentSchema>;

export const jsonReport: ReportWriter = {
  mediaType: 'application/json',
  extension: '.json',
  render(content) {
    const { title, createdAtMs, environment, quality, operatorsByRunId, alignedByRunId, detailsByRunId } = content;
    const document: ReportDocument = {
      schema: 1,
      title,
      createdAtMs,
      environment,
      experiments: deriveAllResults(content).map(({ experiment, rows, answers, sweeps }) => ({
        ...experiment,
        runs: rows.map(({ run, blocks }) => ({
          ...run,
          model: withoutPath(run.model),
          blocks,
          operators: operatorsByRunId?.get(run.id) ?? null,
          aligned: alignedByRunId?.get(run.id) ?? null,
          details: detailsByRunId?.get(run.id) ?? null,
        })),
        answers,
        sweeps: sweeps.map(sweepDocumentOf),
        reproduction: content.reproductionsById?.get(experiment.id) ?? null,
      })),
      quality,
      variants: content.variants.map(withoutPath),
    };
    return `${withListsOnOneLine(JSON.stringify(document, null, 1))}\n`;
  },
};

function withoutPath<Item extends { path: string | null }>(item: Item): Omit<Item, 'path'> {
  const { path: _path, ...rest } = item;
  return rest;
}

/** Lists of numbers, of which there are long ones. No text is touched: in JSON no line ends inside of one. */
function withListsOnOneLine(json: string): string {
  return json.replaceAll(/\[\n[\s\d.,eE+-]*\]/g, (list) => list.replaceAll(/\s+/g, ''));
}
