/**
 * The text of `JSON.stringify`, in pieces: together they may be longer than the longest string, which has 512 MiB.
 * @param value plain data
 * @param depth of the arrays and objects that are taken apart; what lies deeper is a piece each
 */
export function* jsonPieces(value: unknown, depth: number): Generator<string, void> {
  if (depth === 0 || typeof value !== 'object' || value === null) {
    yield JSON.stringify(value);
    return;
  }
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item: unknown) => ({ item, start: '' }))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]: [string, unknown]) => ({ item, start: `${JSON.stringify(key)}:` }));
  yield isList ? '[' : '{';
  for (const [index, { item, start }] of items.entries()) {
    yield index === 0 ? start : `,${start}`;
    yield* jsonPieces(item, depth - 1);
  }
  yield isList ? ']' : '}';
}
