import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

/** Another view begins at its top, and not where the one before was left. */
export function useScrollToTop(): void {
  const [location] = useLocation();
  const shown = useRef(location);
  useEffect(() => {
    if (shown.current === location) return;
    shown.current = location;
    window.scrollTo({ top: 0 });
  }, [location]);
}
