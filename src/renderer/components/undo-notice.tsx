import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { explainError } from './error-text.ts';
import { showNotice } from './show-notice.ts';

const SHOWN_MS = 12_000;

/**
 * Removing asks nothing beforehand and can be undone for a while: says what was removed, with Undo.
 *
 * @param message a sentence: `“resnet” was removed.`
 */
export function showUndo(message: string, undo: () => Promise<unknown>): void {
  const id = crypto.randomUUID();
  const onUndo = async (): Promise<void> => {
    notifications.hide(id);
    try {
      await undo();
    } catch (error) {
      showFailure(error);
    }
  };
  showWithButton(id, message, { label: 'Undo', onClick: () => void onUndo() });
}

/** Says what was done, with a button for what comes next. */
export function showNext(message: string, next: { label: string; onClick: () => void }): void {
  const id = crypto.randomUUID();
  const onClick = (): void => {
    notifications.hide(id);
    next.onClick();
  };
  showWithButton(id, message, { label: next.label, onClick });
}

function showWithButton(id: string, message: string, { label, onClick }: { label: string; onClick: () => void }): void {
  showNotice({
    id,
    autoClose: SHOWN_MS,
    withBorder: true,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text style={{ overflowWrap: 'anywhere' }}>{message}</Text>
        <Button variant="light" flex="none" onClick={onClick}>
          {label}
        </Button>
      </Group>
    ),
  });
}

/** Says what failed where there is no better place for it. */
export function showFailure(error: unknown, title?: string): void {
  showNotice({
    color: 'red',
    withBorder: true,
    autoClose: 15_000,
    role: 'alert',
    ...(title === undefined ? {} : { title }),
    message: explainError(error).message,
  });
}

export function showDone(message: string, title?: string): void {
  showNotice({ withBorder: true, autoClose: 6000, ...(title === undefined ? {} : { title }), message });
}
