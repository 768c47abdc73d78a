/** What zod refused, in words. */
import type { z } from 'zod';

/** More of a value says no more. */
const MOST_CHARACTERS = 60;

/**
 * `is 3, and must be one of 2, 4, 8`: behind what names the value.
 * @param given what was parsed; the issue's path leads to the value in it
 */
export function refusedText(issue: z.core.$ZodIssue, given: unknown): string {
  const value = issue.path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    given,
  );
  const text = JSON.stringify(value) ?? 'missing';
  const shown = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return `is ${shown}, and must be ${allowedText(issue)}`;
}

/** What the value has to be instead, to end a sentence with. */
function allowedText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return choiceText(issue.values);
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `${String(issue.minimum)} or more`
        : `at least ${String(issue.minimum)} long`;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `${String(issue.maximum)} or less`
        : `at most ${String(issue.maximum)} long`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`;
    case 'invalid_union': {
      const firsts = issue.errors.flatMap(([first]) => (first === undefined ? [] : [first]));
      if (firsts.length === 0) return `otherwise: ${issue.message}`;
      const values = firsts.flatMap((first) => (first.code === 'invalid_value' ? first.values : []));
      const others = firsts.filter(({ code }) => code !== 'invalid_value').map(allowedText);
      return [...(values.length > 0 ? [choiceText(values)] : []), ...others].join(', or ');
    }
    default:
      return `otherwise: ${issue.message}`;
  }
}

function choiceText(values: readonly unknown[]): string {
  const texts = values.map((value) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value)));
  return texts.length === 1 ? `${texts[0]}` : `one of ${texts.join(', ')}`;
}
