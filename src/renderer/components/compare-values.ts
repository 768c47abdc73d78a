const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** For sorting upwards: numbers by size, words as people sort them, null last. */
export function compareValues(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}
