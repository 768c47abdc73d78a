import type { Json } from '#shared/json.ts';
import type { ProviderDescriptor } from '#shared/provider-options.ts';
import { wrapText } from './text-table.ts';

/** What can be chosen for a provider, as `--provider-option` takes it, and what cannot. */
export function describeOptions(provider: ProviderDescriptor, width: number): string {
  const { id, title, platforms, needs, optionsSchema, notOffered, ignoredSettings } = provider;
  const options = Object.entries((optionsSchema['properties'] ?? {}) as Record<string, OptionSchema>);
  return [
    wrapText(`${id}  ${title} (${platforms.map((platform) => platformNames[platform] ?? platform).join(', ')})`, width),
    wrapText(`Needs: ${needs}`, width, '  '),
    ...options.flatMap(([name, schema]) => [
      wrapText(`${name}=${JSON.stringify(schema.default)}  ${rangeText(schema)}`, width, '  '),
      wrapText(schema.description, width, '      '),
    ]),
    ...(options.length === 0 ? ['  It has no options.\n'] : []),
    ...(notOffered === null ? [] : [wrapText(`Not offered: ${notOffered}`, width, '  ')]),
    ...ignoredSettings.map(({ setting, reason }) => wrapText(`Ignores ${setting}: ${reason}`, width, '  ')),
  ].join('');
}

const platformNames: Record<string, string> = {
  linux: 'Linux',
  darwin: 'macOS',
  win32: 'Windows',
  browser: 'browsers',
};

/** What an option's JSON Schema holds; see `providerDescriptorSchema`. */
type OptionSchema = {
  type: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  default: Json;
  description: string;
};

function rangeText({ type, enum: values, minimum, maximum }: OptionSchema): string {
  if (values !== undefined) return values.join(' | ');
  if (type === 'boolean') return 'true | false';
  if (type === 'array') return 'a list: ["name", …]';
  return minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}` : type;
}
