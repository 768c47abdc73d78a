import { type RefObject, useEffect, useRef, useState } from 'react';

/** How far beyond the edge of the window counts as near: what is scrolled to is there before it is seen. */
const NEAR = '600px';

/** Whether an element is, or was, near the part of the page that is seen. */
export function useComeNear<Shown extends Element>(): { ref: RefObject<Shown | null>; hasComeNear: boolean } {
  const ref = useRef<Shown>(null);
  const [hasComeNear, setHasComeNear] = useState(false);
  useEffect(() => {
    if (hasComeNear || ref.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setHasComeNear(true);
      },
      { rootMargin: NEAR },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [hasComeNear]);
  return { ref, hasComeNear };
}
