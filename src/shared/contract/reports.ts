import { z } from 'zod';
import { latencyBoundSchema } from '../latency-bound.ts';
import { reportFormatSchema, reportSchema } from '../report.ts';
import { procedure } from './base.ts';

export const reportsContract = {
  list: procedure.output(z.array(reportSchema)),
  create: procedure
    .input(
      z.object({
        /** Experiment ids or run ids. */
        ids: z.array(z.string()).min(1),
        format: reportFormatSchema,
        title: z.string().trim().min(1).max(160).optional(),
        /** What the results are held against, instead of the bounds of their plans; null for none. */
        latencyBound: latencyBoundSchema.nullable().optional(),
        /** Absent: kept in the workbench's home. */
        path: z.string().min(1).optional(),
      }),
    )
    .output(reportSchema),
  /** The text of an HTML, Markdown, CSV or JSON report, for the preview on screen. */
  read: procedure.input(z.object({ id: z.string() })).output(z.object({ report: reportSchema, text: z.string() })),
  saveAs: procedure.input(z.object({ id: z.string(), path: z.string().min(1) })).output(z.object({ path: z.string() })),
  remove: procedure.input(z.object({ id: z.string() })).output(z.object({ removedId: z.string() })),
};
