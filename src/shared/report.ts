import { z } from 'zod';

export const reportFormatSchema = z.enum(['html', 'pdf', 'md', 'csv', 'json']);
export type ReportFormat = z.infer<typeof reportFormatSchema>;

export const reportSchema = z.object({
  id: z.string(),
  title: z.string(),
  format: reportFormatSchema,
  experimentIds: z.array(z.string()),
  createdAtMs: z.number(),
  /** Absolute path of the stored file. */
  path: z.string(),
  fileName: z.string(),
  sizeBytes: z.number(),
  /** False when the file was deleted outside of Whittle. */
  exists: z.boolean(),
});
export type Report = z.infer<typeof reportSchema>;
