/** Facts with their sources: the first source that knows a fact gives its value, the others check it. */
import type { FactSource } from '#shared/device.ts';

/** What one source says of a fact; null when it does not know. */
export type Reading<Value> = { source: string; value: Value | null };

export type FactBook = {
  /**
   * Notes the fact under its path and returns its value, null when no source knows it. An unknown fact gets no source.
   * @param options.isSame when two values mean the same; equality by default
   * @param options.note what else a reader should know of the fact
   */
  take: <Value extends string | number | readonly string[]>(
    path: string,
    readings: readonly Reading<Value>[],
    options?: { isSame?: (one: Value, other: Value) => boolean; note?: string | undefined },
  ) => Value | null;
  sources: Record<string, FactSource>;
};

export function createFactBook(): FactBook {
  const sources: Record<string, FactSource> = {};
  return {
    sources,
    take(path, readings, { isSame = isEqual, note } = {}) {
      const [first, ...others] = readings.filter(({ value }) => value !== null);
      if (first === undefined) return null;
      const value = first.value as NonNullable<typeof first.value>;
      const differing = others.filter((other) => !isSame(value, other.value as typeof value));
      const details = [
        ...differing.map((other) => `${other.source} says ${format(other.value)}`),
        ...(note === undefined ? [] : [note]),
      ];
      sources[path] = {
        source: first.source,
        crossCheck: others.length === 0 ? 'single-source' : differing.length > 0 ? 'differs' : 'agrees',
        detail: details.length > 0 ? details.join('; ') : null,
      };
      return value;
    },
  };
}

function isEqual(one: unknown, other: unknown): boolean {
  return Array.isArray(one) && Array.isArray(other)
    ? one.length === other.length && one.every((value, index) => value === other[index])
    : one === other;
}

function format(value: string | number | readonly string[] | null): string {
  return Array.isArray(value) ? (value.length > 0 ? value.join(', ') : 'none') : String(value);
}
