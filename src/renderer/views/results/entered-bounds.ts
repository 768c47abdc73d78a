/** Latency bounds that were entered on pages of experiments, so that who comes back finds the one that was left there. Pure. */
import { z } from 'zod';
import { type LatencyBound, latencyBoundSchema } from '#shared/latency-bound.ts';

const KEY = 'whittle.latency-bounds';
const MOST_KEPT = 200;

/** By experiment, the newest last; null: none is to be held, not even the plan's. */
const keptSchema = z.array(z.tuple([z.string(), latencyBoundSchema.nullable()])).catch([]);

type Storage = { getItem: (key: string) => string | null; setItem: (key: string, value: string) => void };

/** @returns undefined where none was entered, or what is kept cannot be read */
export function keptBound(storage: Storage, experimentId: string): LatencyBound | null | undefined {
  return readKept(storage).find(([id]) => id === experimentId)?.[1];
}

export function keepBound(storage: Storage, experimentId: string, bound: LatencyBound | null): void {
  const others = readKept(storage).filter(([id]) => id !== experimentId);
  storage.setItem(KEY, JSON.stringify([...others, [experimentId, bound]].slice(-MOST_KEPT)));
}

function readKept(storage: Storage): z.infer<typeof keptSchema> {
  try {
    return keptSchema.parse(JSON.parse(storage.getItem(KEY) ?? '[]'));
  } catch {
    return [];
  }
}
