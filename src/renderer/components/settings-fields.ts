/** From the JSON Schema with which a pass describes its settings to the fields of a form. */
import type { Json, JsonObject } from '#shared/json.ts';

type FieldAbout = { name: string; label: string; description: string | null; default: Json };

/** What is shown, and the value that it stands for. */
export type ChoiceOption = { label: string; value: Json };

export type SettingField = FieldAbout &
  (
    | { kind: 'boolean' }
    | { kind: 'choice'; options: ChoiceOption[] }
    | { kind: 'choices'; options: string[]; minimumCount: number }
    | { kind: 'words' }
    | { kind: 'numbers'; isInteger: boolean; minimum: number | null; maximum: number | null; isNullable: boolean }
    | { kind: 'text'; isNullable: boolean }
    /** An object with settings of its own. */
    | { kind: 'group'; fields: SettingField[] }
    /** Objects of one shape, as many as are wanted. */
    | { kind: 'list'; fields: SettingField[] }
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

/** Words that are not written as others are. */
const ABBREVIATIONS: Readonly<Record<string, string>> = { sqnr: 'SQNR', db: '(dB)', ms: '(ms)', seconds: '(s)' };

/** `reducedRange` becomes `Reduced range`, `leastSqnrDb` becomes `Least SQNR (dB)`. */
export function labelOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase()
    .replaceAll(/\w+/g, (word) => ABBREVIATIONS[word] ?? word);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function fieldOf(name: string, described: JsonObject): SettingField {
  const property = withSplitTypes(described);
  const { schema, isNullable } = withoutNull(property);
  const about: FieldAbout = {
    name,
    label: typeof property['title'] === 'string' ? property['title'] : labelOf(name),
    description: typeof property['description'] === 'string' ? property['description'] : null,
    default: property['default'] ?? null,
  };
  const options = optionsOf(property);
  if (options !== null) return { ...about, kind: 'choice', options };
  switch (schema['type']) {
    case 'boolean':
      return { ...about, kind: 'boolean' };
    case 'integer':
    case 'number':
      return { ...about, kind: 'number', ...rangeOf(schema), isNullable };
    case 'string':
      return { ...about, kind: 'text', isNullable };
    case 'array':
      return arrayField(about, schema, isNullable);
    case 'object':
      return isNullable || !asObject(schema['properties'])
        ? { ...about, kind: 'json' }
        : { ...about, kind: 'group', default: withDefaults(about.default, schema), fields: settingFieldsOf(schema) };
    default:
      return { ...about, kind: 'json' };
  }
}

function arrayField(about: FieldAbout, schema: JsonObject, isNullable: boolean): SettingField {
  const items = asObject(schema['items']) ?? {};
  if (items['type'] === 'integer' || items['type'] === 'number') {
    return { ...about, kind: 'numbers', ...rangeOf(items), isNullable };
  }
  if (isNullable) return { ...about, kind: 'json' };
  const options = stringsOf(items['enum']);
  if (options !== null) return { ...about, kind: 'choices', options, minimumCount: numberOf(schema['minItems']) ?? 0 };
  if (items['type'] === 'string') return { ...about, kind: 'words' };
  const isList = items['type'] === 'object' && asObject(items['properties']) !== null;
  return isList ? { ...about, kind: 'list', fields: settingFieldsOf(items) } : { ...about, kind: 'json' };
}

function rangeOf(schema: JsonObject): { isInteger: boolean; minimum: number | null; maximum: number | null } {
  return {
    isInteger: schema['type'] === 'integer',
    minimum: numberOf(schema['minimum']) ?? numberOf(schema['exclusiveMinimum']),
    maximum: numberOf(schema['maximum']) ?? numberOf(schema['exclusiveMaximum']),
  };
}

function withDefaults(given: Json, schema: JsonObject): JsonObject {
  return settingsWithDefaults(schema, asObject(given) ?? {});
}

const NULL_LABEL = 'Chosen for you';

/**
 * Values to choose from: an enum, or a union of constants. A boolean that may be left to the pass is one of three.
 * @returns null where other values are possible
 */
function optionsOf(schema: JsonObject): ChoiceOption[] | null {
  const parts = Array.isArray(schema['anyOf']) ? schema['anyOf'].map((part) => asObject(part) ?? {}) : null;
  if (parts !== null) {
    const isOpenBoolean = parts.length === 2 && parts.some(({ type }) => type === 'boolean');
    const options = parts.map((part) => (isOpenBoolean && part['type'] === 'boolean' ? YES_OR_NO : optionsOf(part)));
    return options.some((part) => part === null) ? null : options.flatMap((part) => part ?? []);
  }
  if (schema['type'] === 'null') return [{ label: NULL_LABEL, value: null }];
  const values = schema['const'] === undefined ? schema['enum'] : [schema['const']];
  if (!Array.isArray(values)) return null;
  return values.map((value) => ({ label: typeof value === 'string' ? value : JSON.stringify(value), value }));
}

const YES_OR_NO: ChoiceOption[] = [
  { label: 'Yes', value: true },
  { label: 'No', value: false },
];

/** `type: [X, null]` is the same as `anyOf: [X, null]`. */
function withSplitTypes(property: JsonObject): JsonObject {
  const { type, ...rest } = property;
  if (!Array.isArray(type)) return property;
  return { ...rest, anyOf: type.map((one) => (one === 'null' ? { type: one } : { ...rest, type: one })) };
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
