import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { countText } from '#shared/text/number-text.ts';
import { countShown } from './count-shown.ts';
import { useIsOnPaper } from './on-paper.tsx';

/** The first of many, and the others on demand: a page of sixty charts is slow, and what stands below them is never found. On paper all. */
export function FoldedList<Item>(props: {
  items: readonly Item[];
  firstCount: number;
  /** What one of them is called, for `Show 26 more models`. */
  noun: string;
  children: (item: Item) => ReactNode;
}) {
  const { items, noun } = props;
  const [isOpen, setIsOpen] = useState(false);
  const isOnPaper = useIsOnPaper();
  const shownCount = isOpen || isOnPaper ? items.length : countShown(items.length, props.firstCount);
  const rest = items.length - shownCount;
  return (
    <>
      {items.slice(0, shownCount).map((item) => props.children(item))}
      {rest === 0 ? null : (
        <Button variant="default" style={{ alignSelf: 'flex-start' }} onClick={() => setIsOpen(true)}>
          Show {countText(rest, `more ${noun}`)}
        </Button>
      )}
    </>
  );
}
