/**
 * One experiment. Its statistics are derived from raw samples whenever it is asked for, which takes time on the machine that
 * is measuring. So while it runs it is asked for now and then only, and afterwards when its summary says that it changed.
 */
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import type { Experiment, ExperimentSummary } from '#shared/experiment.ts';
import type { SampleBlock } from '#shared/run.ts';
import type { RunDetails } from '#shared/run-record.ts';
import { client, orpc } from './client.ts';

const WHILE_MEASURING_MS = 3000;
/** Before the first samples there are no statistics to derive, and what is loaded now changes every second or so. */
const WHILE_LOADING_MS = 700;

export function isUnderWay({ status }: Pick<ExperimentSummary, 'status'>): boolean {
  return status === 'running' || status === 'pending';
}

export function useExperiments() {
  return useQuery(orpc.experiments.list.queryOptions());
}

/** @param id null: nothing is read */
export function useExperiment(id: string | null) {
  const experiments = useExperiments();
  const summary = experiments.data?.find((item) => item.id === id);
  const experiment = useQuery({
    queryKey: ['experiment', id, summary?.status, summary?.name, summary?.completedRunCount, summary?.endedAtMs],
    queryFn: () => client.experiments.get({ id: id ?? '' }),
    enabled: id !== null && !experiments.isPending,
    refetchInterval: ({ state }) => {
      if (summary === undefined || !isUnderWay(summary)) return false;
      const isMeasuring = state.data?.runs.some(({ blockCount }) => blockCount > 0) ?? false;
      return isMeasuring ? WHILE_MEASURING_MS : WHILE_LOADING_MS;
    },
    placeholderData: keepPreviousData,
  });
  const data = experiment.data?.id === id ? experiment.data : undefined;
  return { data, error: experiments.error ?? experiment.error };
}

const nothingKnown: ReadonlyMap<string, RunDetails> = new Map();

/** What is known of runs that were used without a pause: nothing until all of it is there, because all that is shown follows from it. */
export function useSustainedDetails(experiment: Experiment | undefined): ReadonlyMap<string, RunDetails> {
  const runs = experiment !== undefined && experiment.plan.sustainedSeconds > 0 ? experiment.runs : [];
  return useQueries({
    queries: runs.map(({ id }) => orpc.runs.record.queryOptions({ input: { runId: id } })),
    combine: (results) =>
      results.some(({ isPending }) => isPending)
        ? nothingKnown
        : new Map(results.flatMap(({ data }) => (data ? [[data.runId, data] as const] : []))),
  });
}

/** The raw samples of an experiment's runs: what is there of them, and whether that is all. */
export function useSamples(experiment: Experiment | undefined): {
  blocksByRunId: ReadonlyMap<string, SampleBlock[]>;
  isComplete: boolean;
  error: Error | null;
} {
  const runs = (experiment?.runs ?? []).filter(({ blockCount }) => blockCount > 0);
  return useQueries({
    queries: runs.map(({ id, blockCount }) => ({
      // Blocks are only ever added.
      queryKey: ['samples', id, blockCount],
      queryFn: () => client.runs.samples({ runId: id }),
      placeholderData: keepPreviousData,
    })),
    combine: (results) => ({
      blocksByRunId: new Map(results.flatMap(({ data }) => (data ? [[data.runId, data.blocks] as const] : []))),
      isComplete: results.every(({ data }) => data !== undefined),
      error: results.find(({ error }) => error !== null)?.error ?? null,
    }),
  });
}
