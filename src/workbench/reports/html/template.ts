/** Markup that is safe by construction: every value put into an `html` template is escaped, unless it is markup itself. */

import { bindUnits } from '#shared/text/bind-units.ts';

export type Html = { readonly markup: string };
export type HtmlValue = Html | string | number | null | readonly HtmlValue[];

/** After this stands what is copied or looked for as it is: an attribute, code or a name. */
const LITERAL_AHEAD = /="[^"]*$|<(?:code|bdi)\b[^>]*>$/;

/**
 * Values may be texts, numbers, markup, lists of them, or null for nothing. Attribute values have to be in double quotes. Texts keep figures
 * and their units on one line.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return {
    markup: strings.reduce((text, part, index) => {
      const isLiteral = LITERAL_AHEAD.test(strings[index - 1] as string);
      return text + toMarkup(values[index - 1] ?? null, isLiteral ? (value) => value : bindUnits) + part;
    }),
  };
}

/** For text that is markup already, such as a style sheet of our own; never for anything from outside. */
export function trustedHtml(markup: string): Html {
  return { markup };
}

function toMarkup(value: HtmlValue, layOut: (text: string) => string): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeHtml(layOut(value));
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map((item) => toMarkup(item, layOut)).join('');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters, which HTML does not allow, become the replacement character. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
