/** How providers fared against the CPU in what was measured on this machine. */
import type { MeasuredAgainstCpu } from '#shared/provider-advice.ts';
import type { ExperimentBook } from '../experiments/experiment-book.ts';

/** Statistics are derived anew for each; older ones say less of the software of today. */
const MOST_EXPERIMENTS = 8;

/** Of the newest experiments on the device: comparisons of one file on two providers. */
export function measuredAgainstCpu(
  book: Pick<ExperimentBook, 'list' | 'get'>,
  deviceFingerprint: string,
): MeasuredAgainstCpu {
  const measured: MeasuredAgainstCpu = {};
  const recent = book
    .list()
    .filter(
      ({ status, providers, ...item }) =>
        item.deviceFingerprint === deviceFingerprint && status === 'completed' && providers.length > 1,
    )
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
    .slice(0, MOST_EXPERIMENTS);
  for (const { id } of recent) {
    const { runs, comparisons } = book.get(id);
    const byId = new Map(runs.map((run) => [run.id, run]));
    for (const { baselineRunId, candidateRunId, verdict } of comparisons) {
      const baseline = byId.get(baselineRunId);
      const candidate = byId.get(candidateRunId);
      if (!baseline || !candidate || baseline.provider !== 'node:cpu' || candidate.provider === 'node:cpu') continue;
      if (baseline.model.sha256 !== candidate.model.sha256) continue;
      const counts = (measured[candidate.provider] ??= { faster: 0, slower: 0, same: 0 });
      counts[verdict === 'indistinguishable' ? 'same' : verdict] += 1;
    }
  }
  return measured;
}
