/** Server: requests arrive at random on their own; the highest rate whose percentile of latency holds a bound. */
import { AppError } from '#shared/app-error.ts';
import { drawArrivals, longestQueue } from '#shared/scenarios/queue.ts';
import {
  ARRIVAL_SLACK,
  CAPACITY_SECONDS,
  concludeProbes,
  deriveProbe,
  type ServerFacts,
  type ServerPlan,
  type ServerProbe,
} from '#shared/scenarios/server.ts';
import { minimumSampleCount, quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import { predictRate } from './predict-rate.ts';
import {
  type LoadedInstances,
  NOT_IN_BROWSERS,
  runTimes,
  saturate,
  saturatedRate,
  type Served,
  serveWatched,
  servingSilenceMs,
  startInstances,
} from './instances.ts';
import type { Scenario, ScenarioContext } from './scenario-context.ts';
import { nextRate } from './search-rate.ts';

const MOST_REQUESTS = 20_000;
/** With fewer a probe is not begun: nothing would be decided. */
const FEWEST_REQUESTS = 30;
/** Of what is predicted: at the answer itself a probe stays undecided, however long it is. */
const START_SHARE = 0.85;
/** Of the capacity: where the search begins at least, so that a bound that no rate holds is found out quickly. */
const LOWEST_START = 0.1;
/** Of the capacity, which was measured for two seconds only: no higher rate is tried. */
const HIGHEST_SHARE = 1.2;
/** Share of the time that is kept for the confirming run. */
const CONFIRMING_SHARE = 0.4;
/** Of the time of the search, for one probe at most, unless so many requests need more. */
const PROBE_SHARE = 0.25;
const USEFUL_REQUESTS = 1500;
/** A rate that is not confirmed makes way for one so much lower. */
const STEP_DOWN = 0.85;
/** Of what is left of the time, for the first confirming run and, at a lower rate, for a second one. */
const CONFIRM_SHARES = [0.6, 1];

type Setting = Pick<
  ServerFacts,
  'latencyBoundMs' | 'boundSource' | 'instanceCount' | 'intraOpThreads' | 'capacityPerSecond'
>;

export const server: Scenario<ServerPlan> = {
  obstacleOf: ({ provider }) => (isWebProvider(provider) ? NOT_IN_BROWSERS : null),
  async measure(plan, context) {
    const { run, medianMs, seed, onProgress } = context;
    const { instanceCount, percentile } = plan;
    onProgress(0, `loading ${instanceCount === 1 ? 'an instance' : `${instanceCount} instances`}`);
    const { batchSize } = run.settings;
    const instances = await startInstances(context, { instanceCount, batchSize });
    try {
      onProgress(0, 'all instances without a pause, to know the capacity');
      const saturated = await saturate(context, instances, CAPACITY_SECONDS * 1000);
      const latencyBoundMs = plan.latencyBoundMs ?? plan.boundFactor * medianMs;
      const setting: Setting = {
        latencyBoundMs,
        boundSource: plan.latencyBoundMs === null ? 'median' : 'plan',
        instanceCount,
        intraOpThreads: instances.intraOpThreads,
        capacityPerSecond: saturatedRate(saturated),
      };
      const { capacityPerSecond } = setting;
      const serviceMs = runTimes(saturated);
      const predicted = predictRate({
        serviceMs,
        instanceCount,
        capacityPerSecond,
        latencyBoundMs,
        percentile,
        seed,
      });
      const startPerSecond = Math.max(START_SHARE * predicted, LOWEST_START * capacityPerSecond);
      await searchAndConfirm({ plan, context, setting, startPerSecond, serve: createProbing(context, instances) });
    } finally {
      await instances.engine.kill();
    }
  },
};

type Serve = (request: {
  arrivalsMs: Float64Array;
  limitMs: number;
  stop: ServerPlan & { latencyBoundMs: number };
}) => Promise<Served>;

function createProbing(context: ScenarioContext, instances: LoadedInstances): Serve {
  const request = { silenceLimitMs: servingSilenceMs(context, instances), signal: context.signal };
  return async ({ arrivalsMs, limitMs, stop }) => {
    const { latencyBoundMs, percentile, confidence } = stop;
    const rule = { latencyBoundMs, percentile, confidence, plannedCount: arrivalsMs.length };
    return serveWatched(context, () =>
      instances.engine.request('instances.serve', { arrivalsMs, limitMs, stop: rule }, request),
    );
  };
}

async function searchAndConfirm(options: {
  plan: ServerPlan;
  context: ScenarioContext;
  setting: Setting;
  startPerSecond: number;
  serve: Serve;
}): Promise<void> {
  const { plan, context, setting, startPerSecond, serve } = options;
  const { latencyBoundMs, capacityPerSecond } = setting;
  const totalMs = plan.timeLimitSeconds * 1000;
  const searchMs = totalMs * (1 - CONFIRMING_SHARE);
  const probes: ServerProbe[] = [];
  let spentMs = 0;

  /** @returns null when there is no time for so many requests that anything could be said */
  const probe = async (
    purpose: ServerFacts['purpose'],
    ratePerSecond: number,
    limitMs: number,
  ): Promise<ServerProbe | null> => {
    const count = Math.min(MOST_REQUESTS, Math.floor((ratePerSecond * limitMs) / 1000));
    if (count < FEWEST_REQUESTS) return null;
    const rateText = ratePerSecond.toPrecision(3);
    const doing = purpose === 'search' ? 'trying' : 'confirming';
    context.onProgress(Math.min(1, spentMs / totalMs), `${doing} ${rateText} requests per second`);
    const seed = (context.seed + Math.imul(probes.length + 1, 0x9e37_79b1)) >>> 0;
    const arrivalsMs = drawArrivals({ ratePerSecond, count, seed });
    // The last arrivals may come late, and what waits is still to be answered.
    const served = await serve({
      arrivalsMs,
      limitMs: ARRIVAL_SLACK * limitMs + latencyBoundMs,
      stop: { ...plan, latencyBoundMs },
    });
    const elapsedMs = served.endedMs.reduce((latest, endedMs) => Math.max(latest, endedMs), 0);
    spentMs += elapsedMs;
    if (served.endedMs.length === 0) return null;
    const block = {
      startedAtMs: served.startedAtMs,
      facts: {
        purpose,
        seed,
        ratePerSecond,
        ...setting,
        ...factsOf(arrivalsMs, served),
        elapsedMs,
        plannedCount: count,
      },
      samplesMs: Array.from(served.endedMs, (endedMs, index) => endedMs - (arrivalsMs[index] as number)),
    };
    context.onBlock({ kind: 'server', ...block });
    const derived = deriveProbe(plan, block);
    probes.push(derived);
    return derived;
  };

  for (;;) {
    const rate = nextRate(probes, { startPerSecond, ceilingPerSecond: HIGHEST_SHARE * capacityPerSecond });
    if (rate === null) break;
    const wantedMs = Math.max(searchMs * PROBE_SHARE, (USEFUL_REQUESTS * 1000) / rate);
    if ((await probe('search', rate, Math.min(wantedMs, searchMs - spentMs))) === null) break;
  }
  if (probes.length === 0) {
    throw new AppError(
      'invalid-input',
      `In ${plan.timeLimitSeconds} s there is no time for ${FEWEST_REQUESTS} requests at ${startPerSecond.toPrecision(2)} per second, so nothing could be said. Give the scenario more time.`,
    );
  }
  if (concludeProbes(probes).ratePerSecond === null) {
    // There is nothing to confirm: what is left of the time goes to a rate below those that stayed undecided.
    const lowest = Math.min(...probes.map(({ ratePerSecond }) => ratePerSecond));
    const isOpen = probes.some(({ ratePerSecond, verdict }) => ratePerSecond === lowest && verdict === 'undecided');
    if (isOpen) await probe('search', lowest * STEP_DOWN, totalMs - spentMs);
    return;
  }
  let rate = concludeProbes(probes).ratePerSecond;
  for (const share of CONFIRM_SHARES) {
    const tried = rate === null ? null : await probe('confirm', rate, (totalMs - spentMs) * share);
    if (tried === null || tried.verdict === 'holds') return;
    const lower = concludeProbes(
      probes.filter(({ ratePerSecond }) => ratePerSecond < tried.ratePerSecond),
    ).ratePerSecond;
    rate = Math.min(lower ?? Infinity, tried.ratePerSecond * STEP_DOWN);
  }
}

function factsOf(
  arrivalsMs: Float64Array,
  served: Served,
): Pick<ServerFacts, 'busyMs' | 'longestQueue' | 'lateMs' | 'isCutShort' | 'context'> {
  const { begunMs, isCutShort, context } = served;
  return {
    busyMs: runTimes(served).reduce((sum, value) => sum + value, 0),
    longestQueue: longestQueue(arrivalsMs, begunMs),
    lateMs: lateness(arrivalsMs, served),
    isCutShort,
    context,
  };
}

/** A request met an idle instance when fewer than all of the requests before it were still being answered at its arrival. */
function lateness(arrivalsMs: Float64Array, { begunMs, endedMs, takenBy }: Served): ServerFacts['lateMs'] {
  const freeAtMs = new Map<number, number>();
  const late: number[] = [];
  for (const [index, instance] of takenBy.entries()) {
    const arrivalMs = arrivalsMs[index] as number;
    // Whoever took it was idle when its own run before had ended.
    if ((freeAtMs.get(instance) ?? 0) <= arrivalMs) late.push(Math.max(0, (begunMs[index] as number) - arrivalMs));
    freeAtMs.set(instance, endedMs[index] as number);
  }
  if (late.length === 0) return { count: 0, p50: null, p99: null, max: 0 };
  const sorted = sortAscending(late);
  const percentile = (share: number): number | null =>
    sorted.length < minimumSampleCount(share) ? null : quantileOfSorted(sorted, share);
  return { count: sorted.length, p50: percentile(0.5), p99: percentile(0.99), max: sorted.at(-1) as number };
}
