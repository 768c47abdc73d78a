import type { z } from 'zod';

/** What a value that zod refused has to be instead, to end a sentence with. */
export function allowedText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
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
    default:
      return `otherwise: ${issue.message}`;
  }
}
