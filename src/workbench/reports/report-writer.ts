import type { ReportContent } from './report-content.ts';

/** One text format. A new one is a file that exports one of these, and a line in `render-report.ts`. */
export type ReportWriter = {
  mediaType: string;
  /** With the dot. */
  extension: string;
  render: (content: ReportContent) => string;
};
