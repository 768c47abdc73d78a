import { notifications } from '@mantine/notifications';
import { quoteName } from '#shared/text/name-text.ts';
import type { ImportOutcome } from '../../api/import-outcome.ts';
import { useImportModels } from '../../api/use-import-models.ts';
import { explainError } from '../../components/error-text.ts';
import { showDone, showFailure } from '../../components/undo-notice.tsx';

/** Importing, with a notice of what came of each file. */
export function useModelImport() {
  return useImportModels(showOutcome, (error) => showFailure(error, 'Nothing was imported'));
}

function showOutcome({ imported, refused }: ImportOutcome): void {
  for (const { model, variant, isNew } of imported) {
    const place = variant.id === model.id ? '' : `, as a variant of ${quoteName(model.name)}`;
    showDone(
      isNew
        ? `${quoteName(variant.name)} is in the library${place}.`
        : `The library held these bytes already, as ${quoteName(variant.name)}.`,
    );
  }
  for (const { fileName, error } of refused) {
    notifications.show({
      title: `${quoteName(fileName)} was not imported`,
      message: explainError(error).message,
      color: 'red',
      withBorder: true,
      role: 'alert',
      // A reason takes time to read.
      autoClose: false,
    });
  }
}
