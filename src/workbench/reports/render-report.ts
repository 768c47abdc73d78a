import type { ReportFormat } from '#shared/report.ts';
import { csvReport } from './csv.ts';
import { htmlReport } from './html.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import type { ReportContent } from './report-content.ts';
import type { ReportWriter } from './report-writer.ts';

/** A PDF report is the HTML report, printed by a browser. */
export type TextFormat = Exclude<ReportFormat, 'pdf'>;

const writers: Record<TextFormat, ReportWriter> = {
  html: htmlReport,
  md: markdownReport,
  csv: csvReport,
  json: jsonReport,
};

export function renderReport(format: TextFormat, content: ReportContent): string {
  return writers[format].render(content);
}

export function reportMediaType(format: ReportFormat): string {
  return format === 'pdf' ? 'application/pdf' : writers[format].mediaType;
}

/** With the dot. */
export function reportExtension(format: ReportFormat): string {
  return format === 'pdf' ? '.pdf' : writers[format].extension;
}
