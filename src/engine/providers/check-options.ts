/** Options of providers, native and web, held against what the provider declares. Runs anywhere. */
import type { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import type { ProviderOptions } from '#shared/provider-options.ts';
import { refusedText } from '#shared/text/allowed-text.ts';

export type OptionsOwner = { id: string; options: z.ZodObject };

/**
 * @returns every option, with defaults filled in
 * Errors: `invalid-input`, naming the provider, the option, its value and what is allowed.
 */
export function resolveOptions(owner: OptionsOwner, options: ProviderOptions): ProviderOptions {
  const parsed = owner.options.safeParse(options);
  if (parsed.success) return parsed.data as ProviderOptions;
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  throw new AppError('invalid-input', sentenceOf(issue, owner, options));
}

/** The options that differ from the provider's defaults: what is recorded, so that equal cases have equal settings. */
export function changedOptions(owner: OptionsOwner, options: ProviderOptions): ProviderOptions {
  const defaults = resolveOptions(owner, {});
  const changed = Object.entries(resolveOptions(owner, options)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]),
  );
  return Object.fromEntries(changed);
}

function sentenceOf(issue: z.core.$ZodIssue, { id, options: schema }: OptionsOwner, options: ProviderOptions): string {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schema.shape).join(', ');
    return `${id} has no option “${issue.keys.join('”, “')}”; it has ${known === '' ? 'none' : known}.`;
  }
  const [name = '', ...inner] = issue.path;
  const where = inner.length === 0 ? '' : ` (entry ${Number(inner[0]) + 1})`;
  return `The option “${String(name)}”${where} of ${id} ${refusedText(issue, options)}.`;
}
