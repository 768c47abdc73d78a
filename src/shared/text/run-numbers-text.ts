/** Three in a row are a range; two are two. */
const SHORTEST_RANGE = 3;

/**
 * `#1, #2, #5–#9`, or `all runs`.
 * @param numbers of runs, ascending
 * @param runCount of the experiment
 */
export function runNumbersText(numbers: readonly number[], runCount: number): string {
  if (numbers.length === runCount && runCount > 1) return 'all runs';
  const ranges: number[][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.at(-1) === number - 1) last.push(number);
    else ranges.push([number]);
  }
  return ranges
    .flatMap((range) =>
      range.length < SHORTEST_RANGE ? range.map((number) => `#${number}`) : [`#${range[0]}–#${range.at(-1)}`],
    )
    .join(', ');
}
