/** Markup that is safe by construction: every value put into an `html` template is escaped, unless it is markup itself. */

export type Html = { readonly markup: string };
export type HtmlValue = Html | string | number | null | readonly HtmlValue[];

/** Values may be texts, numbers, markup, lists of them, or null for nothing. Attribute values have to be in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { markup: strings.reduce((text, part, index) => text + toMarkup(values[index - 1] ?? null) + part) };
}

/** For text that is markup already, such as a style sheet of our own; never for anything from outside. */
export function trustedHtml(markup: string): Html {
  return { markup };
}

function toMarkup(value: HtmlValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(toMarkup).join('');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters, which HTML does not allow, become the replacement character. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
