/** The latency bound in the address of a page of results. Pure. */
import { type LatencyBound, latencyBoundSchema } from '#shared/latency-bound.ts';

const MS = 'bound';
const STATISTIC = 'on';
const NONE = 'none';

/** @returns null for no bound, undefined where the address says nothing that can be taken */
export function readBound(search: URLSearchParams): LatencyBound | null | undefined {
  const entered = search.get(MS);
  if (entered === NONE) return null;
  if (entered === null) return undefined;
  const parsed = latencyBoundSchema.safeParse({ ms: Number(entered), statistic: search.get(STATISTIC) ?? undefined });
  return parsed.success ? parsed.data : undefined;
}

export function writeBound(search: URLSearchParams, bound: LatencyBound | null): URLSearchParams {
  const next = new URLSearchParams(search);
  next.set(MS, bound === null ? NONE : String(bound.ms));
  if (bound === null) next.delete(STATISTIC);
  else next.set(STATISTIC, bound.statistic);
  return next;
}
