/** How many of a list are shown at first. A rest of one or two is shown too: a button would hardly take less room. */
export function countShown(count: number, firstCount: number): number {
  return count <= firstCount + 2 ? count : firstCount;
}
