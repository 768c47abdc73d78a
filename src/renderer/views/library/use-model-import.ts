import { quoteName } from '#shared/text/name-text.ts';
import type { ImportOutcome } from '../../api/import-outcome.ts';
import { useImportModels } from '../../api/use-import-models.ts';
import { showDone, showFailure } from '../../components/undo-notice.tsx';

/** Importing, with a notice of what was added. */
export function useModelImport() {
  return useImportModels(showOutcome, (error) => showFailure(error, 'Nothing was imported'));
}

/** What was refused is told in the library itself, where it stays until it was read. */
function showOutcome({ imported }: ImportOutcome): void {
  for (const { model, variant, isNew } of imported) {
    const place = variant.id === model.id ? '' : `, as a variant of ${quoteName(model.name)}`;
    showDone(
      isNew
        ? `${quoteName(variant.name)} is in the library${place}.`
        : `The library held these bytes already, as ${quoteName(variant.name)}.`,
    );
  }
}
