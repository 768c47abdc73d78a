/** What the placement of a run's nodes means for who reads its times. */
import type { Placement, Run } from './run.ts';

const CPU = 'CPUExecutionProvider';

/** Providers that compute on the CPU in any case. */
const cpuProviders = new Set<string>(['node:cpu', 'web:wasm']);

/** What was left to the CPU, where another provider was asked for; null when nothing was. */
export function leftToCpu({ provider, placement }: Pick<Run, 'provider' | 'placement'>): Placement | null {
  if (cpuProviders.has(provider)) return null;
  return placement.find((entry) => entry.provider === CPU) ?? null;
}

/** Whether half of the time or more went to the CPU; half of the nodes, where the runtime does not tell times. */
export function isMostlyOnCpu(run: Pick<Run, 'provider' | 'placement'>): boolean {
  const onCpu = leftToCpu(run);
  if (onCpu === null) return false;
  const nodeCount = run.placement.reduce((sum, entry) => sum + entry.nodeCount, 0);
  return (onCpu.timeShare ?? onCpu.nodeCount / nodeCount) >= 0.5;
}

/** `Gather (12), Shape (3)`: nodes by operator, most first; null where the runtime names none. */
export function operatorsText({ operators = {} }: Placement): string | null {
  const entries = Object.entries(operators).toSorted(([, a], [, b]) => b - a);
  return entries.length === 0 ? null : entries.map(([operator, count]) => `${operator} (${count})`).join(', ');
}
