/** Whether the page is being printed: paper is light, cannot be clicked or scrolled, and is taken as it is once `beforeprint` was handled. */
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

const OnPaper = createContext(false);

export function PaperWatch({ children }: { children: (isOnPaper: boolean) => ReactNode }) {
  const [isOnPaper, setIsOnPaper] = useState(false);
  useEffect(() => {
    const prepare = (): void => flushSync(() => setIsOnPaper(true));
    const goBack = (): void => setIsOnPaper(false);
    window.addEventListener('beforeprint', prepare);
    window.addEventListener('afterprint', goBack);
    return () => {
      window.removeEventListener('beforeprint', prepare);
      window.removeEventListener('afterprint', goBack);
    };
  }, []);
  return <OnPaper value={isOnPaper}>{children(isOnPaper)}</OnPaper>;
}

export function useIsOnPaper(): boolean {
  return useContext(OnPaper);
}
