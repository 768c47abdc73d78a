/** When an experiment ends before its time: every comparison, and every point against the latency bound, is decided at one of the planned looks. */
import { type LatencyBound, shareWithin } from '#shared/latency-bound.ts';
import type { SampleBlock } from '#shared/run.ts';
import { compareBlocks, isDecided } from '#shared/statistics/compare-blocks.ts';
import { isLookDue, LOOK_ALPHA } from '#shared/statistics/looks.ts';
import { percentileInterval } from '#shared/statistics/percentile-interval.ts';
import { judgeBound } from '#shared/sweet-spot/sweep-point.ts';
import { countText } from '#shared/text/number-text.ts';
import type { StoredExperiment } from '../store/experiment-rows.ts';
import type { Store } from '../store/store.ts';
import { baselineOf } from './baseline-of.ts';

/**
 * @param options.runIds the runs that are measured in the same rounds
 * @returns asked after each round that another would follow. A look is saved before its result is used, because what is said at
 *   the end depends on how often results were looked at.
 */
export function createStopRule(options: {
  store: Pick<Store, 'experiments' | 'runs'>;
  experiment: Pick<StoredExperiment, 'id' | 'plan'>;
  runIds: readonly string[];
  onStop: (text: string) => void;
}): (state: { nextRound: number }) => boolean {
  const { store, experiment, runIds, onStop } = options;
  const { stopEarly, precision, smallestDifference, latencyBound } = experiment.plan;
  return ({ nextRound }) => {
    const roundCount = Math.max(0, ...runIds.map((id) => store.runs.countBlocks(id)));
    if (!stopEarly || !isLookDue(roundCount)) return false;
    const allRuns = store.runs.listOf(experiment.id);
    const pairs = allRuns.flatMap((run) => {
      const baseline = baselineOf(allRuns, run);
      const isMeasured = [run, baseline].every(
        (item) => item !== null && item.status === 'running' && runIds.includes(item.id),
      );
      return baseline !== null && isMeasured ? [{ baseline, run }] : [];
    });
    if (pairs.length === 0) return false;
    store.experiments.addLook(experiment.id, nextRound);
    const looks = store.experiments.looks(experiment.id);
    const areCompared = pairs.every(({ baseline, run }) => {
      const compared = compareBlocks(store.runs.blocks(baseline.id), store.runs.blocks(run.id), {
        looks,
        smallestDifference,
      });
      return compared !== null && isDecided(compared, precision, smallestDifference);
    });
    const isEnd =
      areCompared &&
      allRuns
        .filter(({ id, status }) => status === 'running' && runIds.includes(id))
        .every(({ id }) => latencyBound === undefined || isBoundDecided(store.runs.blocks(id), latencyBound));
    if (isEnd) {
      const what =
        latencyBound === undefined ? 'Every comparison' : 'Every comparison, and every point against the bound,';
      onStop(`${what} was decided after ${countText(roundCount, 'round')}, before the time ended.`);
    }
    return isEnd;
  };
}

/** At the level of a look: whatever is said of the bound later, a look can be wrong about it 3 times in 1000 at most. */
function isBoundDecided(blocks: readonly SampleBlock[], bound: LatencyBound): boolean {
  const latencyMs = percentileInterval(
    blocks.map(({ samplesMs }) => samplesMs),
    shareWithin[bound.statistic],
    { alpha: LOOK_ALPHA },
  );
  return judgeBound(latencyMs, bound) !== 'undecided';
}
