/** What a chart of rate against latency shows of a server scenario, on screen and in reports. */
import { createLinearScale, createTimeScale, extent, type Scale, scaleRemark } from '../charts/scale.ts';
import { formatCount } from '../format.ts';
import { msText, roundPercentText } from '../text/number-text.ts';
import { probeVerdictWords } from '../text/scenario-text.ts';
import type { ServerProbe, ServerResult } from './server.ts';

export type DrawnProbe = { probe: ServerProbe; ratePerSecond: number; latencyMs: number };

export type RateFigure = {
  /** By rising rate; those without enough requests for the percentile are left out. */
  probes: DrawnProbe[];
  boundMs: number;
  /** The rate that the verdict of the scenario is about. */
  answer: { ratePerSecond: number; label: string } | null;
  latencyTitle: string;
  facts: (probe: DrawnProbe) => string[];
  remarks: string[];
  description: string;
};

/** Said where there is no figure. */
export const NO_RATE_CURVE =
  'There is no curve of rate against latency: at fewer than two rates were there enough requests for the percentile.';

const percentileNames = { 0.5: 'p50', 0.9: 'p90', 0.95: 'p95', 0.99: 'p99' } as const;

/** @returns null where fewer than two probes can be drawn */
export function rateFigure(result: ServerResult): RateFigure | null {
  const { percentile } = result;
  // Of another percentile nothing is derived; p99 shows how the queue grows all the same.
  const own = percentileNames[percentile as keyof typeof percentileNames];
  const name = own ?? 'p99';
  const probes = result.probes.flatMap((probe): DrawnProbe[] => {
    const latencyMs = probe.latencyMs[name];
    return latencyMs === null ? [] : [{ probe, ratePerSecond: probe.ratePerSecond, latencyMs }];
  });
  if (probes.length < 2) return null;
  const missing = result.probes.length - probes.length;
  const facts = ({ probe, latencyMs }: DrawnProbe): string[] => [
    `${name} ${msText(latencyMs)} ms of ${formatCount(probe.latencyMs.count)} requests`,
    `${probe.purpose === 'confirm' ? 'measured after the search, ' : ''}${probeVerdictWords[probe.verdict]}`,
    `longest queue ${formatCount(probe.longestQueue)}`,
  ];
  return {
    probes,
    boundMs: result.latencyBoundMs,
    answer:
      result.ratePerSecond === null
        ? null
        : { ratePerSecond: result.ratePerSecond, label: `${formatCount(result.ratePerSecond)} per second` },
    latencyTitle: `${name} from arrival to answer (ms) ↓ better`,
    facts,
    remarks: [
      'A filled mark holds the bound, a pale one is undecided, a hollow one does not hold it.',
      ...(own === undefined
        ? [
            `The bound is one of ${roundPercentText(percentile)} of the requests, the latency drawn is p99: ${
              percentile < 0.99 ? 'a mark above its line may hold it' : 'a mark below its line need not hold it'
            }.`,
          ]
        : []),
      ...(probes.some(({ probe }) => probe.purpose === 'confirm')
        ? ['A square is a rate in a run of its own after the search, with other arrivals.']
        : []),
      ...(missing === 0
        ? []
        : [`${missing} of ${result.probes.length} rates had too few requests for ${name} and are not shown.`]),
    ],
    description: probes
      .map((probe) => `${formatCount(probe.ratePerSecond)} per second: ${facts(probe).join(', ')}.`)
      .join(' '),
  };
}

/** The bound lies within the axis of the latency. */
export function rateScales(
  { probes, boundMs }: Pick<RateFigure, 'probes' | 'boundMs'>,
  { xRange, yRange }: { xRange: readonly [number, number]; yRange: readonly [number, number] },
): { x: Scale; y: Scale; remarks: string[] } {
  const [low, high] = extent(probes.map(({ ratePerSecond }) => ratePerSecond));
  const margin = Math.max((high - low) * 0.08, high * 0.02);
  const x = createLinearScale([Math.max(0, low - margin), high + margin], xRange, 8);
  const y = createTimeScale({
    values: [...probes.map(({ latencyMs }) => latencyMs), boundMs],
    range: yRange,
    tickCount: 6,
  });
  return { x, y, remarks: [scaleRemark(x, 'rate'), scaleRemark(y, 'latency')].filter(Boolean) };
}
