import { useLocation } from 'wouter';
import { quoteName } from '#shared/text/name-text.ts';
import { countText } from '#shared/text/number-text.ts';
import type { ImportOutcome } from '../../api/import-outcome.ts';
import { useImportModels } from '../../api/use-import-models.ts';
import { variantAddress } from './variant-text.ts';
import { showDone, showFailure, showNext } from '../../components/undo-notice.tsx';

/** More would hide one another and the page. */
const MOST_NOTICES = 2;

/** Importing, with a notice of what was added, and the way to it. */
export function useModelImport() {
  const [, navigate] = useLocation();
  return useImportModels(
    (outcome) => showOutcome(outcome, navigate),
    (error) => showFailure(error, 'Nothing was imported'),
  );
}

/** What was refused is told in the library itself, where it stays until it was read. */
function showOutcome({ imported }: ImportOutcome, navigate: (address: string) => void): void {
  if (imported.length > MOST_NOTICES) {
    const newCount = imported.filter(({ isNew }) => isNew).length;
    const known = imported.length - newCount;
    const rest = known === 0 ? '' : ` The library held ${known} of the files already.`;
    showDone(`${countText(newCount, 'file')} ${newCount === 1 ? 'was' : 'were'} imported.${rest}`);
    return;
  }
  for (const { model, variant, isNew } of imported) {
    const place = variant.id === model.id ? '' : `, as a variant of ${quoteName(model.name)}`;
    const message = isNew
      ? `${quoteName(variant.name)} is in the library${place}.`
      : `The library held these bytes already, as ${quoteName(variant.name)}.`;
    showNext(message, { label: 'Open', onClick: () => navigate(variantAddress(model.id, variant.id)) });
  }
}
