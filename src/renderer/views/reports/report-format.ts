import type { ApplicationInfo } from '#shared/contract/application.ts';
import type { ReportFormat } from '#shared/report.ts';

/** In the order in which they are offered. */
export const reportFormats: readonly { format: ReportFormat; name: string; about: string }[] = [
  { format: 'html', name: 'HTML', about: 'One file with charts, for every browser' },
  { format: 'pdf', name: 'PDF', about: 'The same on A4' },
  { format: 'md', name: 'Markdown', about: 'Tables, for a repository or an issue' },
  { format: 'csv', name: 'CSV', about: 'One line per run, for spreadsheets' },
  { format: 'json', name: 'JSON', about: 'Everything, for programs' },
];

export function formatName(format: ReportFormat): string {
  return reportFormats.find((known) => known.format === format)?.name ?? format;
}

/** Why a format cannot be made here: a sentence; null when it can. */
export function obstacleOf(format: ReportFormat, info: Pick<ApplicationInfo, 'pdf'> | undefined): string | null {
  if (format !== 'pdf' || info === undefined || info.pdf.isAvailable) return null;
  return info.pdf.reason ?? 'PDF reports cannot be made here.';
}
