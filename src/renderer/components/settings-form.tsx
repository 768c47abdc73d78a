import {
  Button,
  Fieldset,
  Group,
  JsonInput,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import type { Json, JsonObject } from '#shared/json.ts';
import { type SettingField, settingFieldsOf } from './settings-fields.ts';

/** Settings as whoever takes them describes them: a pass, or a provider. */
export function SettingsForm(props: {
  schema: JsonObject;
  settings: JsonObject;
  onChange: (settings: JsonObject) => void;
}) {
  const fields = settingFieldsOf(props.schema);
  if (fields.length === 0) return <Text c="dimmed">There is nothing to set.</Text>;
  return <Fields fields={fields} settings={props.settings} onChange={props.onChange} />;
}

function Fields(props: {
  fields: readonly SettingField[];
  settings: JsonObject;
  onChange: (settings: JsonObject) => void;
}) {
  const { fields, settings, onChange } = props;
  return (
    <Stack gap="sm">
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={settings[field.name] ?? field.default}
          onChange={(value) => onChange({ ...settings, [field.name]: value })}
        />
      ))}
    </Stack>
  );
}

function Field(props: { field: SettingField; value: Json; onChange: (value: Json) => void }) {
  const { field, value, onChange } = props;
  const about = { label: field.label, description: field.description };
  switch (field.kind) {
    case 'boolean':
      return <Switch {...about} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case 'choice':
      return (
        <Select
          {...about}
          data={field.options.map(({ label }) => label)}
          value={field.options.find((option) => option.value === value)?.label ?? null}
          allowDeselect={false}
          onChange={(chosen) => {
            const option = field.options.find(({ label }) => label === chosen);
            if (option) onChange(option.value);
          }}
        />
      );
    case 'choices':
      return (
        <MultiSelect
          {...about}
          data={field.options}
          value={wordsOf(value)}
          error={wordsOf(value).length < field.minimumCount ? `Choose at least ${field.minimumCount}.` : null}
          onChange={onChange}
        />
      );
    case 'words':
      return (
        <TagsInput
          {...about}
          size="xs"
          value={wordsOf(value)}
          onChange={onChange}
          placeholder={wordsOf(value).length === 0 ? 'None; type a name and press Enter' : ''}
        />
      );
    case 'numbers':
      return <NumbersField field={field} value={value} onChange={onChange} />;
    case 'number':
      return (
        <NumberInput
          {...about}
          value={typeof value === 'number' ? value : ''}
          allowDecimal={!field.isInteger}
          min={field.minimum ?? Number.MIN_SAFE_INTEGER}
          max={field.maximum ?? Number.MAX_SAFE_INTEGER}
          placeholder={field.isNullable ? 'Chosen for you' : ''}
          onChange={(entered) =>
            onChange(typeof entered === 'number' ? entered : field.isNullable ? null : field.default)
          }
        />
      );
    case 'text':
      return (
        <TextInput
          {...about}
          value={wordOf(value)}
          placeholder={field.isNullable ? 'Chosen for you' : ''}
          onChange={({ currentTarget }) =>
            onChange(field.isNullable && currentTarget.value === '' ? null : currentTarget.value)
          }
        />
      );
    case 'group':
      return (
        <Fieldset legend={field.label}>
          {field.description === null ? null : (
            <Text size="xs" c="dimmed" mb="xs">
              {field.description}
            </Text>
          )}
          <Fields fields={field.fields} settings={objectOf(value)} onChange={onChange} />
        </Fieldset>
      );
    case 'list':
      return <ListField field={field} value={value} onChange={onChange} />;
    case 'json':
      return <JsonField {...about} value={value} onChange={onChange} />;
  }
}

function NumbersField(props: {
  field: Extract<SettingField, { kind: 'numbers' }>;
  value: Json;
  onChange: (value: Json) => void;
}) {
  const { field, value, onChange } = props;
  const [refused, setRefused] = useState<string | null>(null);
  const { minimum, maximum, isInteger, isNullable } = field;
  const isMeant = (text: string): boolean => {
    const number = Number(text);
    const isNumber = text.trim() !== '' && (isInteger ? Number.isInteger(number) : Number.isFinite(number));
    return isNumber && number >= (minimum ?? -Infinity) && number <= (maximum ?? Infinity);
  };
  const numbers = Array.isArray(value) ? value : [];
  return (
    <TagsInput
      size="xs"
      label={field.label}
      description={field.description}
      value={numbers.map(String)}
      placeholder={numbers.length === 0 ? (isNullable ? 'Chosen for you' : 'Type a number and press Enter') : ''}
      error={
        refused === null
          ? null
          : `“${refused}” cannot be taken: write ${isInteger ? 'whole numbers' : 'numbers'} from ${minimum} to ${maximum}.`
      }
      onChange={(texts) => {
        setRefused(texts.find((text) => !isMeant(text)) ?? null);
        const kept = [...new Set(texts.filter(isMeant).map(Number))];
        onChange(kept.length === 0 && isNullable ? null : kept);
      }}
      acceptValueOnBlur
    />
  );
}

function ListField(props: {
  field: Extract<SettingField, { kind: 'list' }>;
  value: Json;
  onChange: (value: Json) => void;
}) {
  const { field, onChange } = props;
  const items = Array.isArray(props.value) ? props.value.map(objectOf) : [];
  const fresh = Object.fromEntries(field.fields.map((part) => [part.name, part.default] as const));
  return (
    <Fieldset legend={field.label}>
      {field.description === null ? null : (
        <Text size="xs" c="dimmed" mb="xs">
          {field.description}
        </Text>
      )}
      <Stack gap="sm">
        {items.map((item, index) => (
          // Entries have no names of their own.
          // oxlint-disable-next-line react/no-array-index-key
          <Group key={index} align="flex-end" wrap="nowrap" gap="xs">
            <div style={{ flex: 1 }}>
              <Fields
                fields={field.fields}
                settings={item}
                onChange={(changed) => onChange(items.map((other, at) => (at === index ? changed : other)))}
              />
            </div>
            <Button
              variant="default"
              aria-label={`Remove entry ${index + 1} of ${field.label}`}
              onClick={() => onChange(items.filter((_, at) => at !== index))}
            >
              Remove
            </Button>
          </Group>
        ))}
        <Group>
          <Button variant="default" onClick={() => onChange([...items, fresh])}>
            Add an entry
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

/** Keeps what is typed while it is no JSON yet. */
function JsonField(props: { label: string; description: string | null; value: Json; onChange: (value: Json) => void }) {
  const [text, setText] = useState(() => JSON.stringify(props.value));
  const onText = (entered: string): void => {
    setText(entered);
    try {
      props.onChange(JSON.parse(entered) as Json);
    } catch {
      // The field says that it is not valid.
    }
  };
  return (
    <JsonInput
      size="xs"
      label={props.label}
      description={props.description}
      value={text}
      onChange={onText}
      validationError="This is not JSON yet."
      autosize
    />
  );
}

function objectOf(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function wordOf(value: Json): string {
  return typeof value === 'string' ? value : '';
}

function wordsOf(value: Json): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
