import { ActionIcon, Menu } from '@mantine/core';
import { IconDatabase, IconDots, IconFolder, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Model } from '#shared/model.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { client, orpc } from '../../api/client.ts';
import { host } from '../../api/host.ts';
import { showFailure, showUndo } from '../../components/undo-notice.tsx';
import { askForName } from './rename-modal.tsx';

const icon = { size: 15, stroke: 1.6 };

/** What can be done with a model as a whole. */
export function ModelMenu({ model, onRemoved }: { model: Model; onRemoved?: () => void }) {
  const datasets = useQuery(orpc.models.datasets.queryOptions());
  const families = [...new Set((datasets.data ?? []).map(({ family }) => family))];
  const tie = (datasetId: string | null): void => {
    client.models.tie({ id: model.id, datasetId }).catch((error: unknown) => showFailure(error));
  };
  const { pickDataFolder } = host;
  const tieToFolder = async (pick: () => Promise<string | null>): Promise<void> => {
    const folder = await pick();
    if (folder !== null) tie(folder);
  };
  const remove = async (): Promise<void> => {
    try {
      await client.models.remove({ id: model.id });
      onRemoved?.();
      showUndo(`${quoteName(model.name)} was removed from the library, with its variants. Its runs are kept.`, () =>
        client.models.restore({ id: model.id }),
      );
    } catch (error) {
      showFailure(error);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon color="gray" aria-label={`Actions for the model ${model.name}`}>
          <IconDots size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconPencil {...icon} />}
          onClick={() =>
            askForName({ name: model.name, rename: (name) => client.models.rename({ id: model.id, name }) })
          }
        >
          Rename…
        </Menu.Item>
        {families
          .filter((family) => family !== model.datasetId)
          .map((family) => (
            <Menu.Item key={family} leftSection={<IconDatabase {...icon} />} onClick={() => tie(family)}>
              Use the data {family}
            </Menu.Item>
          ))}
        {pickDataFolder === null ? null : (
          <Menu.Item leftSection={<IconFolder {...icon} />} onClick={() => void tieToFolder(pickDataFolder)}>
            Use the data of a folder…
          </Menu.Item>
        )}
        {model.datasetId === null ? null : (
          <Menu.Item leftSection={<IconDatabase {...icon} />} onClick={() => tie(null)}>
            Use generated inputs instead of {model.datasetId}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash {...icon} />} onClick={() => void remove()}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
