import type { ExperimentSummary } from '#shared/experiment.ts';
import type { StatusTone } from '../../components/status-badge.tsx';

const words: Record<ExperimentSummary['status'], { word: string; tone: StatusTone }> = {
  pending: { word: 'Waiting', tone: 'idle' },
  running: { word: 'Measuring', tone: 'busy' },
  completed: { word: 'Completed', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'off' },
  interrupted: { word: 'Interrupted', tone: 'warn' },
};

export function experimentStatusWord(status: ExperimentSummary['status']): { word: string; tone: StatusTone } {
  return words[status];
}

/** What a reader has to know of figures that are not complete; null when they are. */
export function incompleteText(status: ExperimentSummary['status']): string | null {
  switch (status) {
    case 'completed':
      return null;
    case 'pending':
      return 'This experiment has not begun.';
    case 'running':
      return 'This experiment is still being measured: the figures are not final.';
    case 'failed':
      return 'This experiment failed.';
    case 'cancelled':
      return 'This experiment was cancelled; what it had measured by then is shown.';
    case 'interrupted':
      return 'This experiment was interrupted; what it had measured by then is shown.';
  }
}
