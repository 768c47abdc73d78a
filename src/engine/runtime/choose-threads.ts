import type { CaseSettings } from '#shared/case.ts';
import { countPhysicalCores } from './count-cores.ts';

/**
 * Where ONNX Runtime is to choose, it takes one thread per physical core and pins all but the caller's to a core each. The
 * caller's then often shares a core with a pinned one, for milliseconds or for seconds, and the model runs as if it had one
 * thread less. The same number given explicitly is not pinned.
 */
export function chooseThreads({ intraOpThreads }: Pick<CaseSettings, 'intraOpThreads'>): {
  intraOpNumThreads?: number;
} {
  if (intraOpThreads > 0) return {};
  const coreCount = countPhysicalCores();
  return coreCount === null ? {} : { intraOpNumThreads: coreCount };
}
