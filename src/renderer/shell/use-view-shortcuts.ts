import { useHotkeys } from '@mantine/hooks';
import { useLocation } from 'wouter';
import { viewEntries } from './views.ts';

/** Ctrl+1 … Ctrl+5, and ⌘ on a Mac; also while a field has the focus. */
export function useViewShortcuts(): void {
  const [, navigate] = useLocation();
  useHotkeys(
    viewEntries.map(({ path }, index) => [`mod+${index + 1}`, () => navigate(path)]),
    [],
    true,
  );
}
