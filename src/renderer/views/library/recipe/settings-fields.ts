/** From the JSON Schema with which a pass describes its settings to the fields of a form. */
import type { Json, JsonObject } from '#shared/json.ts';

type FieldAbout = { name: string; label: string; description: string | null; default: Json };

export type SettingField = FieldAbout &
  (
    | { kind: 'boolean' }
    | { kind: 'choice'; options: string[] }
    | { kind: 'choices'; options: string[]; minimumCount: number }
    | { kind: 'words' }
    | { kind: 'text' }
    | { kind: 'number'; isInteger: boolean; minimum: number | null; maximum: number | null; isNullable: boolean }
    /** Anything else is written as JSON. */
    | { kind: 'json' }
  );

export function settingFieldsOf(schema: JsonObject): SettingField[] {
  const properties = asObject(schema['properties']) ?? {};
  return Object.entries(properties).map(([name, property]) => fieldOf(name, asObject(property) ?? {}));
}

/** What a form starts with: every default, overridden by what is set. */
export function settingsWithDefaults(schema: JsonObject, settings: JsonObject): JsonObject {
  const defaults = settingFieldsOf(schema).map((field) => [field.name, field.default] as const);
  return { ...Object.fromEntries(defaults), ...settings };
}

/** `reducedRange` becomes `Reduced range`. */
export function labelOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function fieldOf(name: string, property: JsonObject): SettingField {
  const { schema, isNullable } = withoutNull(property);
  const about: FieldAbout = {
    name,
    label: typeof property['title'] === 'string' ? property['title'] : labelOf(name),
    description: typeof property['description'] === 'string' ? property['description'] : null,
    default: property['default'] ?? null,
  };
  const options = stringsOf(schema['enum']);
  if (options !== null && !isNullable) return { ...about, kind: 'choice', options };
  switch (schema['type']) {
    case 'boolean':
      return isNullable ? { ...about, kind: 'json' } : { ...about, kind: 'boolean' };
    case 'integer':
    case 'number':
      return {
        ...about,
        kind: 'number',
        isInteger: schema['type'] === 'integer',
        minimum: numberOf(schema['minimum']) ?? numberOf(schema['exclusiveMinimum']),
        maximum: numberOf(schema['maximum']) ?? numberOf(schema['exclusiveMaximum']),
        isNullable,
      };
    case 'string':
      return isNullable ? { ...about, kind: 'json' } : { ...about, kind: 'text' };
    case 'array':
      return isNullable ? { ...about, kind: 'json' } : arrayField(about, schema);
    default:
      return { ...about, kind: 'json' };
  }
}

function arrayField(about: FieldAbout, schema: JsonObject): SettingField {
  const items = asObject(schema['items']) ?? {};
  const options = stringsOf(items['enum']);
  if (options !== null) return { ...about, kind: 'choices', options, minimumCount: numberOf(schema['minItems']) ?? 0 };
  return items['type'] === 'string' ? { ...about, kind: 'words' } : { ...about, kind: 'json' };
}

/** `anyOf: [X, null]` is X that may be left empty. */
function withoutNull(property: JsonObject): { schema: JsonObject; isNullable: boolean } {
  const kinds = Array.isArray(property['anyOf']) ? property['anyOf'].map((kind) => asObject(kind) ?? {}) : [];
  const others = kinds.filter((kind) => kind['type'] !== 'null');
  const [only] = others;
  if (only && others.length === 1 && kinds.length === 2) return { schema: only, isNullable: true };
  return { schema: property, isNullable: false };
}

function asObject(value: Json | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

function stringsOf(value: Json | undefined): string[] | null {
  if (!Array.isArray(value)) return null;
  const strings = value.filter((item): item is string => typeof item === 'string');
  return strings.length === value.length ? strings : null;
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
