import type { Report } from '#shared/report.ts';
import type { ReportRequest } from '../report-shelf/create-report.ts';
import type { ReportShelf } from '../report-shelf/report-shelf.ts';
import type { Implementer } from './implementer.ts';

type Parts = { shelf: ReportShelf; createReport: (request: ReportRequest, signal?: AbortSignal) => Promise<Report> };

export function reportsRouter(os: Implementer, parts: Parts) {
  const { shelf, createReport } = parts;
  return os.reports.router({
    list: os.reports.list.handler(() => shelf.list()),
    create: os.reports.create.handler(({ input, signal }) => createReport(input, signal)),
    read: os.reports.read.handler(({ input }) => shelf.read(input.id)),
    saveAs: os.reports.saveAs.handler(async ({ input }) => ({ path: await shelf.saveAs(input.id, input.path) })),
    remove: os.reports.remove.handler(async ({ input }) => {
      await shelf.remove(input.id);
      return { removedId: input.id };
    }),
  });
}
