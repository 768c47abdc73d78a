/** Values on the command line. A value that cannot be meant is refused with a sentence that names it. */
import { InvalidArgumentError } from 'commander';
import { type ProviderId, providerIdSchema } from '#shared/provider.ts';

export function parseProvider(text: string): ProviderId {
  const parsed = providerIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`There is no provider “${text}”; there are ${providerIdSchema.options.join(', ')}.`);
}

export function parseProviders(text: string): ProviderId[] {
  return unique(text.split(',').map((part) => parseProvider(part.trim())));
}

/** @param options.of what it is, for the message: `a number of threads` */
export function parseInteger(text: string, options: { of: string; min: number; max: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= options.min && value <= options.max) return value;
  throw new InvalidArgumentError(
    `“${text}” is not ${options.of}; a whole number from ${options.min} to ${options.max} is.`,
  );
}

export function parseIntegers(text: string, options: { of: string; min: number; max: number }): number[] {
  return unique(text.split(',').map((part) => parseInteger(part.trim(), options)));
}

export function parseSeconds(text: string): number {
  return secondsOf(text, { min: 1 });
}

export function parseShortSeconds(text: string): number {
  return secondsOf(text, { min: 0.01 });
}

function secondsOf(text: string, { min }: { min: number }): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= 86_400) return value;
  throw new InvalidArgumentError(`“${text}” is not a time; a number of seconds from ${min} to 86400 is.`);
}

/** Seconds, separated by commas. */
export function parseIdle(text: string): number[] {
  return unique(
    text.split(',').map((part) => {
      const value = Number(part);
      if (part.trim() !== '' && value >= 0.01 && value <= 3600) return value;
      throw new InvalidArgumentError(
        `“${part}” is not an idle time; numbers of seconds from 0.01 to 3600 are, such as 1,5.`,
      );
    }),
  );
}

/** @returns per cent */
export function parsePrecision(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0.05 && value <= 50) return value;
  throw new InvalidArgumentError(`“${text}” is not a precision; a number of per cent from 0.05 to 50 is.`);
}

export function parseSmallestDifference(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0.1 && value <= 50) return value;
  throw new InvalidArgumentError(`“${text}” is not a difference; a number of per cent from 0.1 to 50 is.`);
}

/** `name=size`, several times. */
export function parseDimension(text: string, before: Record<string, number> = {}): Record<string, number> {
  const match = /^(.+)=(\d+)$/.exec(text);
  const size = Number(match?.[2]);
  if (!match?.[1] || size < 1) {
    throw new InvalidArgumentError(`“${text}” sets no dimension; NAME=SIZE such as height=224 does.`);
  }
  return { ...before, [match[1]]: size };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** `true`, `3` and `"off"` as what they look like. */
export function parseScalar(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
