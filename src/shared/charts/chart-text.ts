/** Text in charts: a drawing neither wraps nor shortens it, so its width has to be known beforehand. */
import { charactersOf, isolateName, shortenName } from '../text/name-text.ts';

/** Mean width of a character of a wide sans-serif font, as a share of its size. */
const CHARACTER_WIDTH = 0.6;
const BOLD_CHARACTER_WIDTH = 0.68;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

export type Font = { size: number; isBold?: boolean };

export function textWidth(text: string, { size, isBold = false }: Font): number {
  const narrow = isBold ? BOLD_CHARACTER_WIDTH : CHARACTER_WIDTH;
  return charactersOf(text).reduce((width, character) => width + (WIDE.test(character) ? 1 : narrow), 0) * size;
}

/**
 * A name for a chart, shortened so that it fits. A variant is called like its parent and something after it: the parent's
 * name is left out first, because the rest tells the variants apart.
 * @param options.others the names in the same chart
 */
export function fitName(name: string, options: { width: number; font: Font; others: readonly string[] }): string {
  const { width, font, others } = options;
  if (textWidth(name, font) <= width) return isolateName(name);
  const parents = others.filter((other) => other.length >= 4 && other.length < name.length && name.startsWith(other));
  const parentLength = Math.max(0, ...parents.map((parent) => parent.length));
  const rest = parentLength === 0 ? name : `…${name.slice(parentLength).replace(/^[-._ ]+/, '')}`;
  let text = rest;
  let longest = charactersOf(rest).length;
  while (longest > 3 && textWidth(text, font) > width) {
    // From far away in large steps: a name may have thousands of characters.
    longest = Math.min(longest - 1, Math.ceil((longest * width) / textWidth(text, font)));
    text = shortenName(rest, longest);
  }
  return isolateName(text);
}
