import type { CaseSettings } from './case.ts';
import { coresOf } from './cores-of.ts';
import type { Device } from './device.ts';
import { countText } from './text/number-text.ts';

type ThreadSettings = Pick<CaseSettings, 'intraOpThreads' | 'interOpThreads' | 'executionMode'>;

/**
 * Threads of one session that compute at the same time, beyond the usable cores. In parallel mode the calling thread waits for the
 * inter-op workers, one less than their number; each computes, and all share the intra-op workers, again one less than their number (as seen in
 * profiles and in the process's threads with ONNX Runtime 1.30). So they add up; they do not multiply.
 * @returns null where there are not too many, or where ONNX Runtime chooses all; else words for a sentence
 */
export function excessThreads(
  settings: ThreadSettings,
  cpu: Device['cpu'],
): { threads: string; cores: string; remedy: string } | null {
  const usable = Math.ceil(cpu.usableCores);
  const cores = `${cpu.usableCores} usable ${cpu.usableCores === 1 ? 'core' : 'cores'}`;
  const ownChoice = coresOf({ cpu });
  const interOp = settings.interOpThreads === 0 ? ownChoice : settings.interOpThreads;
  if (settings.executionMode === 'sequential' || interOp === 1) {
    if (settings.intraOpThreads <= usable) return null;
    return { threads: `${settings.intraOpThreads} threads`, cores, remedy: `at most ${countText(usable, 'thread')}` };
  }
  const intraOp = settings.intraOpThreads === 0 ? ownChoice : settings.intraOpThreads;
  const count = interOp - 1 + (intraOp - 1);
  if (count <= usable) return null;
  return {
    threads: `${count} threads that compute at the same time (of ${interOp} inter-op and ${intraOp} intra-op ones)`,
    cores,
    remedy: `sequential execution, or inter-op and intra-op threads that add up to at most ${usable + 2}`,
  };
}
