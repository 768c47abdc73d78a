import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowsMinimize,
  IconCopy,
  IconDots,
  IconDownload,
  IconFolder,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react';
import type { Variant } from '#shared/model.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { client } from '../../api/client.ts';
import { host } from '../../api/host.ts';
import { showDone, showFailure, showUndo } from '../../components/undo-notice.tsx';
import { askForName } from './rename-modal.tsx';
import { isOriginal } from './variant-text.ts';

const icon = { size: 15, stroke: 1.6 };

/** What can be done with one variant. */
export function VariantMenu({ variant, onCompress }: { variant: Variant; onCompress: () => void }) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon color="gray" size="sm" aria-label={`Actions for ${variant.name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowsMinimize {...icon} />} onClick={onCompress}>
          Compress this variant…
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload {...icon} />} onClick={() => void exportVariant(variant)}>
          Export…
        </Menu.Item>
        {host.showInFolder ? (
          <Menu.Item leftSection={<IconFolder {...icon} />} onClick={() => void host.showInFolder?.(variant.path)}>
            Show in folder
          </Menu.Item>
        ) : null}
        <Menu.Item
          leftSection={<IconCopy {...icon} />}
          onClick={() => void navigator.clipboard.writeText(variant.id).then(() => showDone('The SHA-256 was copied.'))}
        >
          Copy SHA-256
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPencil {...icon} />}
          onClick={() =>
            askForName({ name: variant.name, rename: (name) => client.variants.rename({ id: variant.id, name }) })
          }
        >
          Rename…
        </Menu.Item>
        {isOriginal(variant) ? null : (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconTrash {...icon} />} onClick={() => void removeVariant(variant)}>
              Remove
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

export async function exportVariant(variant: Pick<Variant, 'id' | 'name' | 'inspection'>): Promise<void> {
  try {
    const saved = await host.saveVariant(variant);
    if (saved.kind === 'saved') showDone(`${quoteName(variant.name)} was written to ${saved.path}.`);
  } catch (error) {
    showFailure(error, `${quoteName(variant.name)} was not exported`);
  }
}

async function removeVariant({ id, name }: Variant): Promise<void> {
  try {
    await client.variants.remove({ id });
    showUndo(`${quoteName(name)} was removed from the library.`, () => client.variants.restore({ id }));
  } catch (error) {
    showFailure(error);
  }
}
