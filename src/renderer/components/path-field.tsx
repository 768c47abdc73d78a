import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';

/** The path of a file or folder on the machine of the workbench: typed, or picked where that can be done. */
export function PathField(props: {
  label: string;
  description: string;
  placeholder: string;
  value: string;
  onChange: (path: string) => void;
  /** Resolves to null when the user gave up. */
  pick: (() => Promise<string | null>) | null;
  pickLabel: string;
}) {
  const { label, description, placeholder, value, onChange, pick, pickLabel } = props;
  const picking = useMutation({
    mutationFn: async () => (pick === null ? null : pick()),
    onSuccess: (path) => {
      if (path !== null) onChange(path);
    },
  });
  return (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      spellCheck={false}
      value={value}
      error={picking.error?.message}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSectionWidth="auto"
      rightSection={
        pick === null ? null : (
          <Button
            variant="subtle"
            size="compact-xs"
            mx={4}
            loading={picking.isPending}
            onClick={() => picking.mutate()}
          >
            {pickLabel}
          </Button>
        )
      }
    />
  );
}
