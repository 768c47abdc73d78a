/** The reports that were made: kept in the home, or where the user wanted them. */
import { copyFile, readFile, rm } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { Report } from '#shared/report.ts';
import { makeFolder } from '../make-folder.ts';
import type { Store } from '../store/store.ts';

export type ReportShelf = {
  list: () => Report[];
  read: (id: string) => Promise<{ report: Report; text: string }>;
  saveAs: (id: string, path: string) => Promise<string>;
  remove: (id: string) => Promise<void>;
};

export function createReportShelf({ store, reportsPath }: { store: Store; reportsPath: string }): ReportShelf {
  const requireReport = (id: string): Report => {
    const report = store.reports.get(id);
    if (report === null) throw new AppError('not-found', `There is no report ${id}.`);
    return report;
  };
  const requireFile = (id: string): Report => {
    const report = requireReport(id);
    if (report.exists) return report;
    throw new AppError(
      'not-found',
      `The file of the report “${report.title}” is gone: ${report.path}. Create it again.`,
    );
  };
  return {
    list: () => store.reports.list(),
    async read(id) {
      const report = requireFile(id);
      if (report.format === 'pdf') {
        throw new AppError('unsupported', `“${report.title}” is a PDF file: open ${report.path} in a viewer.`);
      }
      return { report, text: await readFile(report.path, 'utf8') };
    },
    async saveAs(id, path) {
      const report = requireFile(id);
      const targetPath = resolve(path);
      try {
        makeFolder(dirname(targetPath));
        await copyFile(report.path, targetPath);
      } catch (error) {
        throw new AppError('input-output', `${targetPath} could not be written: ${(error as Error).message}.`, {
          cause: error,
        });
      }
      return targetPath;
    },
    /** A file that lies outside of the home is the user's and stays. */
    async remove(id) {
      const report = requireReport(id);
      store.reports.remove(id);
      if (report.path.startsWith(reportsPath + sep)) await rm(report.path, { force: true });
    },
  };
}
