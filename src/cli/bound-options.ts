/** The latency that results are held against, as options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '#shared/app-error.ts';
import {
  type BoundStatistic,
  boundStatisticSchema,
  type LatencyBound,
  latencyBoundSchema,
} from '#shared/latency-bound.ts';

export type BoundOptions = { latencyBound?: number; boundOn?: BoundStatistic };

/** @param about.isMeasuring whether scenarios are measured, of which the server takes the bound as its own */
export function withBoundOptions(command: Command, { isMeasuring = false } = {}): Command {
  const [ofServer, share] = isMeasuring
    ? [
        '; the server scenario searches within it too, unless it has a latencyBoundMs of its own',
        '; the server scenario goes by its percentile instead',
      ]
    : ['', ''];
  return command
    .option(
      '--latency-bound <ms>',
      `the longest time that one call may take: names the threads and batch size of most throughput within it${ofServer}`,
      parseMs,
    )
    .addOption(
      new Option('--bound-on <statistic>', `what has to hold the bound (default: median)${share}`).choices(
        boundStatisticSchema.options,
      ),
    );
}

/** @returns nothing where no bound was given */
export function parseBound({ latencyBound, boundOn }: BoundOptions): { latencyBound?: LatencyBound } {
  if (latencyBound !== undefined) return { latencyBound: { ms: latencyBound, statistic: boundOn ?? 'median' } };
  if (boundOn === undefined) return {};
  throw new AppError('wrong-usage', '--bound-on says what has to hold a bound: give one with --latency-bound.');
}

function parseMs(text: string): number {
  const parsed = latencyBoundSchema.shape.ms.safeParse(text.trim() === '' ? Number.NaN : Number(text));
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`“${text}” is not a time; a number of milliseconds from 0.001 to 3600000 is.`);
}
