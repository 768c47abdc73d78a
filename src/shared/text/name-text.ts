/** Names come from users and files: they may be very long, or written from right to left. */

const LONGEST_IN_SENTENCE = 80;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\u200f\u202a-\u202e]/u;

/** For sentences: shortened, in quotation marks, and isolated where its direction would turn the words around it. */
export function quoteName(name: string): string {
  return `“${isolateName(shortenName(name, LONGEST_IN_SENTENCE))}”`;
}

export function isolateName(name: string): string {
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

/** Keeps the start and the end, because versions of a model differ at the end. */
export function shortenName(name: string, longest: number): string {
  const characters = charactersOf(name);
  if (characters.length <= longest) return name;
  const kept = longest - 1;
  const startCount = Math.ceil(kept / 2);
  return [...characters.slice(0, startCount), '…', ...characters.slice(characters.length - (kept - startCount))].join(
    '',
  );
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What people take for one character, however many code points it has. */
export function charactersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
