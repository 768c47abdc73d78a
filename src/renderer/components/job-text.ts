/** A job's state in words. */
import { formatDuration, formatPercent } from '#shared/format.ts';
import type { Job, JobStatus } from '#shared/job.ts';
import type { StatusTone } from './status-badge.tsx';

const words: Record<JobStatus, { word: string; tone: StatusTone }> = {
  queued: { word: 'Waiting', tone: 'idle' },
  running: { word: 'Running', tone: 'busy' },
  completed: { word: 'Completed', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'off' },
  interrupted: { word: 'Interrupted', tone: 'warn' },
};

export function jobStatusWord(status: JobStatus): { word: string; tone: StatusTone } {
  return words[status];
}

/** `Block 3 of 12 · 25 %`; what it does now and how far it is. */
export function jobProgressText({ progress, message, status }: Pick<Job, 'progress' | 'message' | 'status'>): string {
  const share = status === 'running' && progress !== null ? [formatPercent(progress, 0)] : [];
  return [...(message === '' ? [jobStatusWord(status).word] : [message]), ...share].join(' · ');
}

/** How long it took, or has taken so far; null before it started. */
export function jobDurationText(job: Pick<Job, 'startedAtMs' | 'endedAtMs'>, nowMs: number): string | null {
  return job.startedAtMs === null ? null : formatDuration((job.endedAtMs ?? nowMs) - job.startedAtMs);
}
