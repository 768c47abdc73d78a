import { AppError } from '#shared/app-error.ts';
import type { ReportShelf } from '../report-shelf/report-shelf.ts';
import type { Implementer } from './implementer.ts';

export function reportsRouter(os: Implementer, { shelf }: { shelf: ReportShelf }) {
  return os.reports.router({
    list: os.reports.list.handler(() => shelf.list()),
    create: os.reports.create.handler(() => {
      throw new AppError('unsupported', 'Reports are not made yet.');
    }),
    read: os.reports.read.handler(({ input }) => shelf.read(input.id)),
    saveAs: os.reports.saveAs.handler(async ({ input }) => ({ path: await shelf.saveAs(input.id, input.path) })),
    remove: os.reports.remove.handler(async ({ input }) => {
      await shelf.remove(input.id);
      return { removedId: input.id };
    }),
  });
}
