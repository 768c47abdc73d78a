/** Options of providers on the command line: `node:webgpu.preferredLayout=NCHW`, or `node:webgpu={"preferredLayout":"NCHW"}`. */
import { InvalidArgumentError } from 'commander';
import { type ProviderOptions, providerOptionsSchema } from '#shared/provider-options.ts';
import type { ProviderId } from '#shared/provider.ts';
import { parseProvider, parseScalar } from './parse-values.ts';

export type ProviderOptionWord = { provider: ProviderId } & (
  | { kind: 'option'; name: string; value: ProviderOptions[string] }
  | { kind: 'set'; options: ProviderOptions }
);

/** What a name and a value mean to the provider, the engine knows; here only the form is checked. */
export function parseProviderOption(text: string, before: ProviderOptionWord[] = []): ProviderOptionWord[] {
  const [, owner = '', name, value = ''] = /^([a-z]+:[a-z-]+)(?:\.([A-Za-z0-9_]+))?=(.*)$/s.exec(text) ?? [];
  if (owner === '') {
    throw new InvalidArgumentError(
      `“${text}” sets no option of a provider; PROVIDER.NAME=VALUE such as node:webgpu.preferredLayout=NCHW does.`,
    );
  }
  const provider = parseProvider(owner);
  if (name === undefined) return [...before, { provider, kind: 'set', options: parseSet(value) }];
  return [...before, { provider, kind: 'option', name, value: parseValue(value) }];
}

/** For each provider its sets: the given ones, or one, times every combination of the single options. */
export function providerOptionSets(
  words: readonly ProviderOptionWord[],
): Partial<Record<ProviderId, ProviderOptions[]>> {
  const sets: Partial<Record<ProviderId, ProviderOptions[]>> = {};
  for (const word of words) {
    if (word.kind === 'set') sets[word.provider] = [...(sets[word.provider] ?? []), word.options];
  }
  const values = new Map<ProviderId, Map<string, ProviderOptions[string][]>>();
  for (const word of words) {
    if (word.kind !== 'option') continue;
    const own = values.get(word.provider) ?? new Map<string, ProviderOptions[string][]>();
    own.set(word.name, [...(own.get(word.name) ?? []), word.value]);
    values.set(word.provider, own);
  }
  for (const [provider, options] of values) {
    sets[provider] = [...options].reduce<ProviderOptions[]>(
      (combined, [name, each]) => combined.flatMap((set) => each.map((value) => ({ ...set, [name]: value }))),
      sets[provider] ?? [{}],
    );
  }
  return sets;
}

function parseValue(text: string): ProviderOptions[string] {
  if (!text.startsWith('[')) return parseScalar(text);
  return parseSet(`{"value":${text}}`)['value'] as ProviderOptions[string];
}

function parseSet(text: string): ProviderOptions {
  try {
    return providerOptionsSchema.parse(JSON.parse(text));
  } catch {
    throw new InvalidArgumentError(
      `“${text}” is no set of options; a JSON object of texts, numbers, true and false, or lists of texts is.`,
    );
  }
}
