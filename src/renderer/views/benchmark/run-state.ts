import type { Run } from '#shared/run.ts';
import type { StatusTone } from '../../components/status-badge.tsx';

/** What a run of an unfinished experiment is at, in a word. */
export function runStateOf({ status, blockCount }: Pick<Run, 'status' | 'blockCount'>): {
  word: string;
  tone: StatusTone;
} {
  switch (status) {
    case 'pending':
      return { word: blockCount > 0 ? 'Interrupted' : 'Waiting', tone: 'idle' };
    case 'running':
      return { word: blockCount > 0 ? 'Measuring' : 'Loading', tone: 'busy' };
    case 'completed':
      return { word: 'Done', tone: 'good' };
    case 'failed':
      return { word: 'Failed', tone: 'bad' };
    case 'unsupported':
      return { word: 'Unsupported', tone: 'off' };
    case 'cancelled':
      return { word: 'Cancelled', tone: 'off' };
  }
}
