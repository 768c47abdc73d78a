import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';

/** Narrows a list as one types. @param props.label what is looked for */
export function FindField(props: { label: string; value: string; onChange: (value: string) => void }) {
  const { label, value, onChange } = props;
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={14} aria-hidden />}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
