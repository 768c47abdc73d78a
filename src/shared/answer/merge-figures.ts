/** With separators of thousands, as sentences write them. */
const FIGURE = /\d[\d,]*(?:\.\d+)?/g;

/** What sentences that differ in their figures only have in common. */
export function wordsOf(sentence: string): string {
  return sentence.replaceAll(FIGURE, '#');
}

/** @param sentences of the same words. @returns one of them, with “least to largest” in the place of each figure that is not the same in all */
export function mergeFigures(sentences: readonly string[]): string {
  const figures = sentences.map((sentence) => sentence.match(FIGURE) ?? []);
  let place = 0;
  return (sentences[0] ?? '').replaceAll(FIGURE, () => {
    const found = figures.map((own) => own[place] as string).toSorted((a, b) => valueOf(a) - valueOf(b));
    place += 1;
    const [least = '', largest = ''] = [found[0], found.at(-1)];
    return least === largest ? least : `${least} to ${largest}`;
  });
}

function valueOf(figure: string): number {
  return Number(figure.replaceAll(',', ''));
}
