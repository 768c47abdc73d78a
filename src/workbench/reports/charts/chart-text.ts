/** Text in charts: SVG neither wraps nor shortens it, so its width has to be known beforehand. */
import { charactersOf, isolateName, shortenName } from '../name-text.ts';

/** Mean width of a character of a common sans-serif font, as a share of its size. */
const CHARACTER_WIDTH = 0.56;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

export function textWidth(text: string, fontSize: number): number {
  return (
    charactersOf(text).reduce((width, character) => width + (WIDE.test(character) ? 1 : CHARACTER_WIDTH), 0) * fontSize
  );
}

/** A name for a chart, shortened so that it fits. */
export function fitName(name: string, options: { width: number; fontSize: number }): string {
  let longest = charactersOf(name).length;
  let text = name;
  while (longest > 3 && textWidth(text, options.fontSize) > options.width) {
    // From far away in large steps: a name may have thousands of characters.
    longest = Math.min(longest - 1, Math.ceil((longest * options.width) / textWidth(text, options.fontSize)));
    text = shortenName(name, longest);
  }
  return isolateName(text);
}
