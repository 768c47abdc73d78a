import { Button, Group, Stack, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorMessage } from '../../components/error-message.tsx';

type Renaming = { name: string; rename: (name: string) => Promise<unknown> };

export function askForName(renaming: Renaming): void {
  const id = modals.open({
    title: 'Rename',
    size: 'sm',
    closeButtonProps: { 'aria-label': 'Close' },
    children: <RenameForm {...renaming} onDone={() => modals.close(id)} />,
  });
}

function RenameForm({ name, rename, onDone }: Renaming & { onDone: () => void }) {
  const [entered, setEntered] = useState(name);
  const save = useMutation({ mutationFn: () => rename(entered.trim()), onSuccess: onDone });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          value={entered}
          maxLength={120}
          data-autofocus
          onChange={(event) => setEntered(event.currentTarget.value)}
        />
        {save.error ? <ErrorMessage error={save.error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            Close
          </Button>
          <Button type="submit" loading={save.isPending} disabled={entered.trim() === ''}>
            Rename
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
