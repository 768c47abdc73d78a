/** @returns nodes by operator, most first */
export function countOperators(operators: Iterable<string>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const operator of operators) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}
