import { expect, test } from 'vitest';
import { shortcutText } from './shortcut-text.ts';

test.each([
  ['Linux x86_64', 'Ctrl+K'],
  ['Win32', 'Ctrl+K'],
  ['MacIntel', '⌘K'],
])('on %s it is %s', (platform, text) => expect(shortcutText('K', platform)).toBe(text));
