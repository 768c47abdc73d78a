import { useEffect, useEffectEvent, useState } from 'react';
import { quoteName } from '#shared/text/name-text.ts';
import { showDone } from '../../../components/undo-notice.tsx';
import { keepDraft, type KeptDraft, keptDraft } from './kept-drafts.ts';
import { emptyDraft, type RecipeDraft } from './recipe-draft.ts';

/** The recipe of one's own for a model: kept at every change, so that no way out of the dialog loses it. */
export function useRecipeDraft(modelId: string) {
  const [found] = useState(() => keptDraft(localStorage, modelId));
  const [kept, setKept] = useState<KeptDraft>(found ?? { draft: emptyDraft, isUsed: false });
  const [lost, setLost] = useState<{ message: string; kept: KeptDraft } | null>(null);
  const keep = (next: KeptDraft): void => {
    keepDraft(localStorage, modelId, next);
    setKept(next);
    setLost(null);
  };
  const sayWhatIsKept = useEffectEvent(() => {
    const { draft, isUsed } = kept;
    if (isUsed || draft.steps.length === 0 || draft === found?.draft) return;
    showDone(`The recipe ${quoteName(draft.name)} is kept as you left it. Compress shows it again.`);
  });
  useEffect(() => () => sayWhatIsKept(), []);
  const { draft } = kept;
  return {
    draft,
    /** From an earlier time, and no variant was made by it. */
    wasLeftUnfinished: found !== null && !found.isUsed,
    change: (changed: RecipeDraft): void => keep({ draft: changed, isUsed: false }),
    /** Like `change`, and can be undone until the next change where passes are lost. @param message says so in a sentence */
    replace: (changed: RecipeDraft, message: string): void => {
      keep({ draft: changed, isUsed: false });
      if (draft.steps.length > 0) setLost({ message, kept });
    },
    undo: lost === null ? null : { message: lost.message, run: () => keep(lost.kept) },
    markUsed: (): void => keep({ draft, isUsed: true }),
  };
}
