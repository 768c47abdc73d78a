/** Everything that speaks against trusting a number or explains it, each said once with the runs that it concerns. */
import type { ResultRow } from './result-row.ts';

export type Note = { kind: string; message: string; runNumbers: number[] };

export function collectNotes(rows: readonly ResultRow[]): Note[] {
  const notes = new Map<string, Note>();
  for (const { number, run } of rows) {
    const findings = (run.findings ?? []).map(({ kind, message, suggestion }) => ({
      kind,
      message: `${message} ${suggestion}`,
    }));
    for (const { kind, message } of [...(run.stability?.reasons ?? []), ...run.warnings, ...findings]) {
      const key = `${kind} ${message}`;
      const note = notes.get(key) ?? { kind, message, runNumbers: [] };
      notes.set(key, { ...note, runNumbers: [...note.runNumbers, number] });
    }
  }
  return [...notes.values()];
}
