import { expect, test } from 'vitest';
import { z } from 'zod';
import { refusedText } from './allowed-text.ts';

const schema = z.object({
  bits: z.union([z.literal(2), z.literal(4)]).default(2),
  threads: z.union([z.literal('auto'), z.int().min(1), z.boolean()]).default('auto'),
  version: z.literal(1).default(1),
  names: z.array(z.string().max(3)).max(2).default([]),
});

test.each([
  [{ bits: 3 }, 'is 3, and must be one of 2, 4'],
  [{ threads: {} }, 'is {}, and must be "auto", or of type number, or of type boolean'],
  [{ threads: 0 }, 'is 0, and must be 1 or more'],
  [{ version: 2 }, 'is 2, and must be 1'],
  [{ names: ['a', 'long'] }, 'is "long", and must be at most 3 long'],
  [{ names: 3 }, 'is 3, and must be of type array'],
  [
    { names: Array.from({ length: 30 }, () => 'abc') },
    `is ${'["abc",'.padEnd(60, '"abc",')}…, and must be at most 2 long`,
  ],
])('%j', (given, text) => {
  const [issue] = schema.safeParse(given).error?.issues ?? [];
  if (!issue) throw new Error('It was not refused.');
  expect(refusedText(issue, given)).toBe(text);
});
