/** A strict reader of our own markup for tests: what it accepts, every browser reads the same way. */

export type MarkupElement = { name: string; attributes: Record<string, string>; text: string };

const VOID_ELEMENTS = new Set(['meta', 'br', 'hr', 'img', 'link', 'input']);
const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[a-zA-Z:-]+(?:="[^"<]*")?)*)\s*(\/?)>/y;

/**
 * @returns every element with its own text, in the order in which they begin
 * Errors: `Error` that quotes where tags do not balance, an attribute is not quoted, or a bare `<` stands.
 */
export function readMarkup(markup: string): MarkupElement[] {
  const elements: MarkupElement[] = [];
  const open: MarkupElement[] = [];
  let position = /^<!doctype html>/i.exec(markup)?.[0].length ?? 0;
  while (position < markup.length) {
    const next = markup.indexOf('<', position);
    const end = next === -1 ? markup.length : next;
    const text = markup.slice(position, end);
    if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`A bare ampersand: ${text.slice(0, 80)}`);
    const parent = open.at(-1);
    if (parent) parent.text += decode(text);
    else if (text.trim() !== '') throw new Error(`Text outside of everything: ${text.slice(0, 80)}`);
    if (next === -1) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(markup);
    if (!tag) throw new Error(`No tag: ${markup.slice(next, next + 80)}`);
    const [whole, slash, name = '', attributes = '', selfClosing] = tag;
    if (slash === '/') {
      const closed = open.pop();
      if (closed?.name !== name)
        throw new Error(`</${name}> closes <${closed?.name}>: ${markup.slice(next - 80, next + 40)}`);
    } else {
      const element: MarkupElement = { name, attributes: readAttributes(attributes), text: '' };
      elements.push(element);
      if (selfClosing !== '/' && !VOID_ELEMENTS.has(name)) open.push(element);
    }
    position = next + whole.length;
  }
  if (open.length > 0) throw new Error(`Never closed: ${open.map(({ name }) => name).join(' ')}`);
  return elements;
}

/** All text of the document but that of style sheets, tags taken out. */
export function textOf(markup: string): string {
  return decode(markup.replaceAll(/<style>[^<]*<\/style>/g, '').replaceAll(/<[^>]*>/g, '')).replaceAll(/\s+/g, ' ');
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([a-zA-Z:-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, decode(value)]),
  );
}

function decode(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
