import { useEffect } from 'react';
import { useLocation } from 'wouter';

/** Another view begins at its top, and not where the one before was left. */
export function useScrollToTop(): void {
  const [location] = useLocation();
  useEffect(() => window.scrollTo({ top: 0 }), [location]);
}
