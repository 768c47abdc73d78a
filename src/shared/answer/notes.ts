/** Everything that speaks against trusting a number or explains it, each said once with the runs that it concerns. */
import type { RunDetails } from '../run-record.ts';
import type { ResultRow } from './result-row.ts';

export type Note = { kind: string; message: string; runNumbers: number[] };

/** @param detailsByRunId of runs that were used without a pause; nothing is said of that where they are not known */
export function collectNotes(rows: readonly ResultRow[], detailsByRunId?: ReadonlyMap<string, RunDetails>): Note[] {
  const notes = new Map<string, Note>();
  for (const { number, run } of rows) {
    const findings = (run.findings ?? []).map(({ kind, message, suggestion }) => ({
      kind,
      message: `${message} ${suggestion}`,
    }));
    const sustained = (detailsByRunId?.get(run.id)?.sustainedReasons ?? []).map(({ kind, message }) => ({
      kind: `sustained-${kind}`,
      message: `During continuous use: ${message}`,
    }));
    for (const { kind, message } of [...(run.stability?.reasons ?? []), ...run.warnings, ...sustained, ...findings]) {
      const key = `${kind} ${message}`;
      const note = notes.get(key) ?? { kind, message, runNumbers: [] };
      notes.set(key, { ...note, runNumbers: [...note.runNumbers, number] });
    }
  }
  return [...notes.values()];
}
