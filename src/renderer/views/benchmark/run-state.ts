import type { Run } from '#shared/run.ts';
import type { StatusTone } from '../../components/status-badge.tsx';

/** What a run of an unfinished experiment is at, in a word. */
export function runStateOf({
  status,
  blockCount,
  warmUpRunCount,
}: Pick<Run, 'status' | 'blockCount' | 'warmUpRunCount'>): {
  word: string;
  tone: StatusTone;
} {
  switch (status) {
    case 'pending':
      return { word: blockCount > 0 ? 'Interrupted' : 'Waiting', tone: 'idle' };
    case 'running':
      if (blockCount > 0) return { word: 'Measuring', tone: 'busy' };
      // It waits for the others to be loaded too.
      return warmUpRunCount === null ? { word: 'Loading', tone: 'busy' } : { word: 'Loaded', tone: 'idle' };
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
