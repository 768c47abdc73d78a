import { type NotificationData, notifications } from '@mantine/notifications';
import { bindTexts } from '../jsx/bind-properties.ts';

/** A notice in the corner. Its texts do not pass the page's `jsx`, so they are bound here. */
export function showNotice(notice: NotificationData): void {
  notifications.show(bindTexts(notice));
}
