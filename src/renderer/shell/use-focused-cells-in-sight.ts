import { useEffect } from 'react';

/** What the keyboard reaches in a wide table is scrolled to in full: the browser is content when a part of it is seen. */
export function useFocusedCellsInSight(): void {
  useEffect(() => {
    const show = ({ target }: FocusEvent): void => {
      // Not what the mouse pressed: it would move away from under it.
      if (!(target instanceof Element) || !target.matches(':focus-visible')) return;
      target.closest('td, th')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    };
    document.addEventListener('focusin', show);
    return () => document.removeEventListener('focusin', show);
  }, []);
}
