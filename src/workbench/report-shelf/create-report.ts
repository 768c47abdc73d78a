/** Makes a report and puts it on the shelf. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { Environment } from '#shared/experiment.ts';
import type { Report, ReportFormat } from '#shared/report.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { ExperimentBook } from '../experiments/experiment-book.ts';
import { toFileName } from '../library/model-files.ts';
import { renderReport, reportExtension } from '../reports/render-report.ts';
import type { ReportContent } from '../reports/report-content.ts';
import type { Store } from '../store/store.ts';
import { requireWritable } from '../transfer/require-writable.ts';
import { writeWhole } from '../transfer/write-whole.ts';
import { unfinishedPathOf } from '../unfinished/owner-mark.ts';
import { throwIfCancelled } from '../unless-aborted.ts';
import { collectReportContent } from './collect-report-content.ts';

/** Prints an HTML file to a PDF file; only a shell with a browser in it can. What cannot be stopped may go on after the signal. */
export type PrintPdf = (options: {
  htmlPath: string;
  pdfPath: string;
  signal?: AbortSignal | undefined;
}) => Promise<void>;

export type ReportRequest = {
  ids: readonly string[];
  format: ReportFormat;
  title?: string | undefined;
  /** Instead of the bounds of the plans; null for none. */
  latencyBound?: LatencyBound | null | undefined;
  /** Absent: kept in the home. */
  path?: string | undefined;
};

export async function createReport(
  dependencies: {
    store: Store;
    book: ExperimentBook;
    environment: Environment;
    reportsPath: string;
    printPdf: PrintPdf | null;
  },
  request: ReportRequest,
  signal?: AbortSignal,
): Promise<Report> {
  const { store, reportsPath, printPdf } = dependencies;
  const { format } = request;
  if (request.path !== undefined) await requireWritable(resolve(request.path));
  const createdAtMs = Date.now();
  const { title, latencyBound } = request;
  const content = collectReportContent(dependencies, request.ids, { title, createdAtMs, latencyBound });
  const path = request.path === undefined ? freePath(reportsPath, content.title, format) : resolve(request.path);
  if (format === 'pdf') await printReport(content, path, { printPdf, signal });
  else await writeWhole(path, renderReport(format, content));
  const report = {
    id: randomUUID(),
    title: content.title,
    format,
    experimentIds: content.experiments.map((experiment) => experiment.id),
    createdAtMs,
    path,
    sizeBytes: (await stat(path)).size,
  };
  store.reports.add(report);
  return store.reports.get(report.id) as Report;
}

async function printReport(
  content: ReportContent,
  path: string,
  { printPdf, signal }: { printPdf: PrintPdf | null; signal: AbortSignal | undefined },
): Promise<void> {
  if (printPdf === null) {
    throw new AppError(
      'unsupported',
      'PDF reports need the Whittle window or an installed Chrome, Chromium or Edge. Make an HTML report instead and print it in any browser.',
    );
  }
  const unfinished = { htmlPath: unfinishedPathOf(path, '.html'), pdfPath: unfinishedPathOf(path, '.pdf') };
  try {
    await writeWhole(unfinished.htmlPath, renderReport('html', content));
    await printPdf({ ...unfinished, signal });
    throwIfCancelled(signal);
    await rename(unfinished.pdfPath, path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('input-output', `${path} could not be made: ${(error as Error).message}.`, { cause: error });
  } finally {
    await rm(unfinished.htmlPath, { force: true });
    await rm(unfinished.pdfPath, { force: true });
  }
}

/** `Title.html`, or `Title 2.html` when that is taken. */
function freePath(folder: string, title: string, format: ReportFormat): string {
  for (let number = 1; ; number += 1) {
    const path = join(folder, toFileName(number === 1 ? title : `${title} ${number}`, reportExtension(format)));
    if (!existsSync(path)) return path;
  }
}
