import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconPencil, IconTrash } from '@tabler/icons-react';
import type { SavedRecipe } from '#shared/recipe.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { client } from '../../../api/client.ts';
import { host } from '../../../api/host.ts';
import { showFailure, showUndo } from '../../../components/undo-notice.tsx';
import { askForName } from '../rename-modal.tsx';

const icon = { size: 15, stroke: 1.6 };

/** What can be done with a recipe of the user's own. */
export function SavedRecipeMenu({ saved }: { saved: SavedRecipe }) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon color="gray" size="sm" aria-label={`Actions for the recipe ${saved.name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconDownload {...icon} />} onClick={() => void exportRecipe(saved)}>
          Export…
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPencil {...icon} />}
          onClick={() =>
            askForName({ name: saved.name, rename: (name) => client.recipes.rename({ id: saved.id, name }) })
          }
        >
          Rename…
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash {...icon} />} onClick={() => void removeRecipe(saved)}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

async function exportRecipe({ recipe }: SavedRecipe): Promise<void> {
  try {
    await host.saveText(`${JSON.stringify(recipe, null, 2)}\n`, `${recipe.name}.recipe.json`);
  } catch (error) {
    showFailure(error, `${quoteName(recipe.name)} was not exported`);
  }
}

async function removeRecipe({ id, name }: SavedRecipe): Promise<void> {
  try {
    await client.recipes.remove({ id });
    showUndo(`The recipe ${quoteName(name)} was removed.`, () => client.recipes.restore({ id }));
  } catch (error) {
    showFailure(error);
  }
}
