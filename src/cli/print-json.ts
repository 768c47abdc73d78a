import type { z } from 'zod';
import type { Output } from './command-context.ts';

/** Prints the one document of a command, held against its schema first: what is not promised is not printed. */
export function printJson<S extends z.ZodType>(stdout: Output, schema: S, document: z.input<S>): void {
  stdout.write(`${JSON.stringify(schema.parse(document), null, 2)}\n`);
}
