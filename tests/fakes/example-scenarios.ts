/** Scenarios of one run as a real machine gives them, for tests of whoever shows them. Made up, but each figure fits the others. */
import type { CallTimes } from '#shared/scenarios/scenario-parts.ts';
import type { ScenarioOutcome } from '#shared/scenarios/scenario.ts';
import type { ServerProbe } from '#shared/scenarios/server.ts';

export const exampleScenarios: ScenarioOutcome[] = [
  {
    kind: 'single-stream',
    status: 'completed',
    error: null,
    result: {
      itemsPerQuery: 1,
      latencyMs: { count: 4200, mean: 4.31, p50: 4.18, p90: 4.72, p95: 5.01, p99: 6.64, max: 11.9 },
      callMs: callTimes(4.18),
    },
  },
  {
    kind: 'multi-stream',
    status: 'completed',
    error: null,
    result: {
      itemsPerQuery: 8,
      runsPerQuery: 1,
      latencyMs: { count: 702, mean: 28.1, p50: 27.6, p90: 30.2, p95: 32.4, p99: 39.8, max: 55.3 },
      callMs: callTimes(27.6),
      itemsPerSecond: 284.7,
    },
  },
  {
    kind: 'offline',
    status: 'completed',
    error: null,
    result: {
      points: [
        point({ batchSize: 8, instanceCount: 2, intraOpThreads: 1 }, 392, 'best', {
          p50: 40.7,
          peakBytes: 214 * 2 ** 20,
        }),
        point({ batchSize: 32, instanceCount: 2, intraOpThreads: 1 }, 389, 'indistinguishable', {
          p50: 164.2,
          peakBytes: 388 * 2 ** 20,
        }),
        point({ batchSize: 1, instanceCount: 2, intraOpThreads: 1 }, 341, 'slower', {
          p50: 5.86,
          peakBytes: 171 * 2 ** 20,
        }),
        point({ batchSize: 8, instanceCount: 1, intraOpThreads: 2 }, 289, 'slower', {
          p50: 27.6,
          peakBytes: 158 * 2 ** 20,
        }),
      ],
      smallestDifference: 0.01,
      failures: [
        {
          batchSize: 64,
          instanceCount: 2,
          intraOpThreads: 1,
          error: {
            kind: 'out-of-memory',
            message: 'The engine process ran out of memory while it loaded 2 instances.',
          },
        },
      ],
    },
  },
  {
    kind: 'server',
    status: 'completed',
    error: null,
    result: {
      latencyBoundMs: 20,
      boundSource: 'plan',
      percentile: 0.99,
      confidence: 0.95,
      itemsPerRequest: 1,
      instanceCount: 1,
      intraOpThreads: 2,
      capacityPerSecond: 232,
      verdict: 'confirmed',
      ratePerSecond: 148,
      failsAtPerSecond: 163,
      probes: [
        probe(
          98,
          { p50: 4.4, p90: 7.9, p95: 9.6, p99: 13.1, max: 17.8 },
          { overCount: 0, verdict: 'holds', longestQueue: 3 },
        ),
        probe(
          133,
          { p50: 4.8, p90: 10.2, p95: 12.5, p99: 17.2, max: 24.1 },
          { overCount: 3, verdict: 'holds', longestQueue: 5 },
        ),
        probe(
          148,
          { p50: 5.1, p90: 11.5, p95: 14.2, p99: 18.7, max: 27.9 },
          { overCount: 11, verdict: 'holds', longestQueue: 7 },
        ),
        probe(
          148,
          { p50: 5.2, p90: 11.6, p95: 14.4, p99: 19.0, max: 26.2 },
          { overCount: 12, verdict: 'holds', longestQueue: 6, purpose: 'confirm' },
        ),
        probe(
          155,
          { p50: 5.4, p90: 12.6, p95: 15.7, p99: 20.6, max: 33.4 },
          { overCount: 25, verdict: 'undecided', longestQueue: 8 },
        ),
        probe(
          163,
          { p50: 5.9, p90: 14.9, p95: 18.8, p99: 26.3, max: 41.0 },
          { overCount: 88, verdict: 'does-not-hold', longestQueue: 11 },
        ),
      ],
    },
  },
];

type Offline = Extract<ScenarioOutcome, { kind: 'offline' }>;
type Point = NonNullable<Offline['result']>['points'][number];

function point(
  settings: Pick<Point, 'batchSize' | 'instanceCount' | 'intraOpThreads'>,
  itemsPerSecond: number,
  verdict: Point['verdict'],
  { p50, peakBytes }: { p50: number; peakBytes: number },
): Point {
  return {
    ...settings,
    itemsPerSecond: { estimate: itemsPerSecond, ciLow: itemsPerSecond * 0.985, ciHigh: itemsPerSecond * 1.015 },
    blockCount: 12,
    rounds: Array.from({ length: 12 }, (_, round) => ({
      round,
      itemsPerSecond: itemsPerSecond * (1 + 0.004 * ((round % 3) - 1)),
    })),
    callMs: callTimes(p50),
    latencyMs: { count: 300, mean: p50 * 1.02, p50, p90: p50 * 1.08, p95: p50 * 1.13, p99: null, max: p50 * 1.6 },
    peakBytes,
    threadCount: 2,
    verdict,
  };
}

function callTimes(p50: number): CallTimes {
  return {
    median: { estimate: p50, ciLow: p50 * 0.98, ciHigh: p50 * 1.03 },
    p90: { estimate: p50 * 1.08, ciLow: p50 * 1.05, ciHigh: p50 * 1.12 },
    p95: { estimate: p50 * 1.13, ciLow: p50 * 1.08, ciHigh: null },
    p99: null,
  };
}

function probe(
  ratePerSecond: number,
  percentiles: Omit<ServerProbe['latencyMs'], 'count' | 'mean'> & { p50: number },
  about: Pick<ServerProbe, 'overCount' | 'verdict' | 'longestQueue'> & Partial<Pick<ServerProbe, 'purpose'>>,
): ServerProbe {
  const count = 2000;
  const share = about.overCount / count;
  return {
    purpose: 'search',
    seed: 20_260_000 + ratePerSecond,
    ratePerSecond,
    elapsedMs: (count / ratePerSecond) * 1000,
    busyMs: count * 4.31,
    lateMs: { count: Math.round(count * (1 - ratePerSecond / 232)), p50: 0.01, p99: 0.08, max: 0.9 },
    isCutShort: false,
    plannedCount: count,
    latencyMs: { count, mean: percentiles.p50 * 1.2, ...percentiles },
    achievedPerSecond: ratePerSecond * 0.998,
    utilisation: ratePerSecond / 232,
    effectiveCount: 1100,
    overShare: { estimate: share, ciLow: Math.max(0, share * 0.5 - 0.0004), ciHigh: share * 1.4 + 0.003 },
    ...about,
  };
}
