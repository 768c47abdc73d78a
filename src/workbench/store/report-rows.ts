import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { type Report, reportFormatSchema } from '#shared/report.ts';
import { fromJsonColumn, fromPathColumn, toJsonColumn, toPathColumn } from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

type ResultRow = {
  id: string;
  title: string;
  format: string;
  experiment_ids: string;
  created_at_ms: number;
  path: string;
  size_bytes: number;
};

export function createReportRows({ sqlite, write, homePath }: StoreDatabase) {
  const selectAll = sqlite.prepare<[], ResultRow>('SELECT * FROM reports ORDER BY created_at_ms DESC, rowid DESC');
  const select = sqlite.prepare<[string], ResultRow>('SELECT * FROM reports WHERE id = ?');
  const insert = sqlite.prepare('INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?)');
  const remove = sqlite.prepare('DELETE FROM reports WHERE id = ?');
  const toReport = (row: ResultRow): Report => {
    const path = fromPathColumn(homePath, row.path);
    return {
      id: row.id,
      title: row.title,
      format: reportFormatSchema.parse(row.format),
      experimentIds: fromJsonColumn(z.array(z.string()), row.experiment_ids),
      createdAtMs: row.created_at_ms,
      path,
      fileName: basename(path),
      sizeBytes: row.size_bytes,
      exists: existsSync(path),
    };
  };
  return {
    list: (): Report[] => selectAll.all().map(toReport),
    get: (id: string): Report | null => {
      const row = select.get(id);
      return row ? toReport(row) : null;
    },
    add: (report: Omit<Report, 'fileName' | 'exists'>): void =>
      write(
        () =>
          void insert.run(
            report.id,
            report.title,
            report.format,
            toJsonColumn(report.experimentIds),
            report.createdAtMs,
            toPathColumn(homePath, report.path),
            report.sizeBytes,
          ),
      ),
    remove: (id: string): void => write(() => void remove.run(id)),
  };
}
