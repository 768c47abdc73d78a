/** Latency bounds that were entered on pages of experiments. Pure. */
import { latencyBoundSchema } from '#shared/latency-bound.ts';
import { keepById } from '../../api/keep-by-id.ts';

/** By experiment; null: none is to be held, not even the plan's. */
export const enteredBounds = keepById('whittle.latency-bounds', latencyBoundSchema.nullable(), 200);
