/** Everything that speaks against trusting a number or explains it, each said once with the runs that it concerns. */
import type { RunDetails } from '../run-record.ts';
import { mergeFigures, wordsOf } from './merge-figures.ts';
import type { ResultRow } from './result-row.ts';

export type Note = { kind: string; message: string; runNumbers: number[] };

type Remark = { kind: string; message: string; hasOwnFigures?: boolean };

/** @param detailsByRunId of runs that were used without a pause; nothing is said of that where they are not known */
export function collectNotes(rows: readonly ResultRow[], detailsByRunId?: ReadonlyMap<string, RunDetails>): Note[] {
  const notes = new Map<string, { kind: string; messages: string[]; runNumbers: number[] }>();
  for (const { number, run } of rows) {
    for (const { kind, message, hasOwnFigures } of remarksOf(run, detailsByRunId?.get(run.id))) {
      const key = `${kind} ${hasOwnFigures === true ? wordsOf(message) : message}`;
      const note = notes.get(key) ?? { kind, messages: [], runNumbers: [] };
      note.messages.push(message);
      if (!note.runNumbers.includes(number)) note.runNumbers.push(number);
      notes.set(key, note);
    }
  }
  return [...notes.values()].map(({ kind, messages, runNumbers }) => ({
    kind,
    message: mergeFigures(messages),
    runNumbers,
  }));
}

/** What is said of how stable times are holds figures of the run; elsewhere a figure may be part of a name. */
function remarksOf(run: ResultRow['run'], details: RunDetails | undefined): Remark[] {
  return [
    ...(run.stability?.reasons ?? []).map((reason) => ({ ...reason, hasOwnFigures: true })),
    ...run.warnings,
    ...(details?.sustainedReasons ?? []).map(({ kind, message }) => ({
      kind: `sustained-${kind}`,
      message: `During continuous use: ${message}`,
      hasOwnFigures: true,
    })),
    ...(run.findings ?? []).map(({ kind, message, suggestion }) => ({ kind, message: `${message} ${suggestion}` })),
  ];
}
