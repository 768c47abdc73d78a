/** What a table has for a name that a file gives: what every object has, such as `constructor`, is no entry. */
export function entryOf<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
