/** Keeps a figure and its unit on one line. Where text is laid out, not where it is formatted: files and terminals get plain spaces. */

const UNIT = String.raw`(?:%|[mµn]?s|min|h|B|[KMGT]iB|[kMG]?Hz|[kMGT]|m?W|m?J|dB|points?)(?![\p{L}\p{N}])`;
const BETWEEN = new RegExp(String.raw`(?<=\d) (?=${UNIT})`, 'gu');
const UNIT_AHEAD = new RegExp(`^ (?=${UNIT})`, 'u');
const NO_BREAK_SPACE = '\u00a0';

/** `74 % smaller at 2.60 MiB` with spaces that do not break before `%` and `MiB`. */
export function bindUnits(text: string): string {
  return text.includes(' ') ? text.replaceAll(BETWEEN, NO_BREAK_SPACE) : text;
}

/** The same for text that continues another one, where that ends with a figure. */
export function bindUnitsAfter(before: string | number, text: string): string {
  const bound = bindUnits(text);
  return /\d$/.test(String(before)) ? bound.replace(UNIT_AHEAD, NO_BREAK_SPACE) : bound;
}
