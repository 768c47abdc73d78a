import { type Job, type JobLogLine, jobKindSchema, jobLogLineSchema, jobStatusSchema } from '#shared/job.ts';
import { type Json, jsonSchema } from '#shared/json.ts';
import { type ErrorData, errorDataSchema } from '#shared/app-error.ts';
import { fromJsonColumn, fromNullableJsonColumn, toJsonColumn, toNullableJsonColumn } from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

/** A job with what only the queue needs to know. */
export type StoredJob = Job & {
  input: Json;
  /** The process that runs it. */
  instanceId: string;
  /** Whether it must have the machine to itself. */
  needsMachine: boolean;
  isCancelRequested: boolean;
  queuedAtMs: number;
};

type JobRow = {
  id: string;
  kind: string;
  title: string;
  status: string;
  progress: number | null;
  message: string;
  error: string | null;
  result: string;
  subject: string;
  input: string;
  instance_id: string;
  needs_machine: number;
  is_cancel_requested: number;
  created_at_ms: number;
  queued_at_ms: number;
  started_at_ms: number | null;
  ended_at_ms: number | null;
};

export function createJobRows({ sqlite, write, writeHint }: StoreDatabase) {
  const select = sqlite.prepare<[string], JobRow>('SELECT * FROM jobs WHERE id = ?');
  const selectNewest = sqlite.prepare<[number], JobRow>(
    'SELECT * FROM jobs ORDER BY created_at_ms DESC, rowid DESC LIMIT ?',
  );
  const selectNotOver = sqlite.prepare<[], JobRow>(
    `SELECT * FROM jobs WHERE status IN ('queued', 'running') ORDER BY queued_at_ms, rowid`,
  );
  const insert = sqlite.prepare(
    `INSERT INTO jobs (id, kind, title, status, progress, message, error, result, subject, input, instance_id,
       needs_machine, is_cancel_requested, created_at_ms, queued_at_ms, started_at_ms, ended_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateProgress = sqlite.prepare(
    `UPDATE jobs SET progress = ?, message = ? WHERE id = ? AND status IN ('queued', 'running')`,
  );
  const updateStart = sqlite.prepare(`UPDATE jobs SET status = 'running', message = ?, started_at_ms = ? WHERE id = ?`);
  const updateEnd = sqlite.prepare(
    'UPDATE jobs SET status = ?, message = ?, error = ?, result = ?, progress = ?, ended_at_ms = ? WHERE id = ?',
  );
  const requestCancel = sqlite.prepare(
    `UPDATE jobs SET is_cancel_requested = 1 WHERE id = ? AND status IN ('queued', 'running')`,
  );
  const requeue = sqlite.prepare(
    `UPDATE jobs SET status = 'queued', message = ?, error = NULL, result = 'null', progress = NULL, instance_id = ?,
       is_cancel_requested = 0, queued_at_ms = ?, started_at_ms = NULL, ended_at_ms = NULL
     WHERE id = ? AND status IN ('interrupted', 'failed', 'cancelled')`,
  );
  const insertLog = sqlite.prepare('INSERT INTO job_log (job_id, at_ms, level, text) VALUES (?, ?, ?, ?)');
  const selectLog = sqlite.prepare<[string], { at_ms: number; level: string; text: string }>(
    'SELECT at_ms, level, text FROM job_log WHERE job_id = ? ORDER BY id',
  );
  const selectNaming = sqlite.prepare<[string]>(
    `SELECT 1 FROM jobs WHERE status <> 'completed' AND instr(input, ?) > 0 LIMIT 1`,
  );
  return {
    get: (id: string): StoredJob | null => {
      const row = select.get(id);
      return row ? toJob(row) : null;
    },
    list: (limit: number): StoredJob[] => selectNewest.all(limit).map(toJob),
    /** Queued and running jobs of every process, in the order of the queue. */
    listNotOver: (): StoredJob[] => selectNotOver.all().map(toJob),
    add: (job: StoredJob): void =>
      write(
        () =>
          void insert.run(
            job.id,
            job.kind,
            job.title,
            job.status,
            job.progress,
            job.message,
            toNullableJsonColumn(job.error),
            toJsonColumn(job.result),
            toJsonColumn(job.subject),
            toJsonColumn(job.input),
            job.instanceId,
            job.needsMachine ? 1 : 0,
            job.isCancelRequested ? 1 : 0,
            job.createdAtMs,
            job.queuedAtMs,
            job.startedAtMs,
            job.endedAtMs,
          ),
      ),
    saveProgress: (id: string, progress: number | null, message: string): void =>
      writeHint(() => void updateProgress.run(progress, message, id)),
    saveStart: (id: string, message: string, startedAtMs: number): void =>
      write(() => void updateStart.run(message, startedAtMs, id)),
    saveEnd: (
      id: string,
      end: {
        status: Job['status'];
        message: string;
        error: ErrorData | null;
        result: Json;
        progress: number | null;
        endedAtMs: number;
      },
    ): void =>
      write(
        () =>
          void updateEnd.run(
            end.status,
            end.message,
            toNullableJsonColumn(end.error),
            toJsonColumn(end.result),
            end.progress,
            end.endedAtMs,
            id,
          ),
      ),
    requestCancel: (id: string): void => write(() => void requestCancel.run(id)),
    /** @returns false when the job was not over, or was completed */
    requeue: (id: string, instanceId: string, message: string, atMs: number): boolean =>
      write(() => requeue.run(message, instanceId, atMs, id).changes === 1),
    /** Whether the input of a job that is not completed, and so can be tried again, holds this text. */
    isNamedInRetryable: (text: string): boolean => selectNaming.get(text) !== undefined,
    addLogLine: (id: string, line: JobLogLine): void =>
      writeHint(() => void insertLog.run(id, line.atMs, line.level, line.text)),
    log: (id: string): JobLogLine[] =>
      selectLog.all(id).map((row) => jobLogLineSchema.parse({ atMs: row.at_ms, level: row.level, text: row.text })),
  };
}

function toJob(row: JobRow): StoredJob {
  return {
    id: row.id,
    kind: jobKindSchema.parse(row.kind),
    title: row.title,
    status: jobStatusSchema.parse(row.status),
    progress: row.progress,
    message: row.message,
    error: fromNullableJsonColumn(errorDataSchema, row.error),
    result: fromJsonColumn(jsonSchema, row.result),
    subject: fromJsonColumn(jsonSchema, row.subject),
    input: fromJsonColumn(jsonSchema, row.input),
    instanceId: row.instance_id,
    needsMachine: row.needs_machine === 1,
    isCancelRequested: row.is_cancel_requested === 1,
    createdAtMs: row.created_at_ms,
    queuedAtMs: row.queued_at_ms,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
  };
}
