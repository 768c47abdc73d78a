import { Kbd, useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconCube, IconMoon, IconRefresh, IconSearch, IconSun, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { client, orpc } from '../api/client.ts';
import { host } from '../api/host.ts';
import { shortcutText } from '../components/shortcut-text.ts';
import { showFailure } from '../components/undo-notice.tsx';
import { useModelImport } from '../views/library/use-model-import.ts';
import { viewEntries } from './views.ts';

const iconSize = { size: 18, stroke: 1.6 };

/** Ctrl+K: everything that can be reached by name. */
export function CommandPalette() {
  const [, navigate] = useLocation();
  const { setColorScheme } = useMantineColorScheme();
  const { pickAndImport } = useModelImport();
  const models = useQuery(orpc.models.list.queryOptions());
  const probe = useMutation({
    mutationFn: () => client.devices.providers({ refresh: true }),
    onError: (error) => showFailure(error),
    onSuccess: (statuses, _variables, _onMutate, { client: queryClient }) =>
      queryClient.setQueryData(orpc.devices.providers.queryKey(), statuses),
  });

  const groups: SpotlightActionGroupData[] = [
    {
      group: 'Views',
      actions: viewEntries.map(({ path, name, description, icon: Glyph }, index) => ({
        id: path,
        label: name,
        description,
        leftSection: <Glyph {...iconSize} />,
        rightSection: <Kbd size="xs">{shortcutText(String(index + 1))}</Kbd>,
        onClick: () => navigate(path),
      })),
    },
    {
      group: 'Actions',
      actions: [
        {
          id: 'import',
          label: 'Import model…',
          description: 'Add ONNX files to the library',
          leftSection: <IconUpload {...iconSize} />,
          ...(host.isPickedCopied ? {} : { rightSection: <Kbd size="xs">{shortcutText('O')}</Kbd> }),
          onClick: () => {
            navigate('/library');
            pickAndImport();
          },
        },
        {
          id: 'probe',
          label: 'Probe providers again',
          description: 'Try every execution provider of this machine',
          leftSection: <IconRefresh {...iconSize} />,
          onClick: () => {
            navigate('/devices');
            probe.mutate();
          },
        },
        {
          id: 'light',
          label: 'Light colours',
          leftSection: <IconSun {...iconSize} />,
          onClick: () => setColorScheme('light'),
        },
        {
          id: 'dark',
          label: 'Dark colours',
          leftSection: <IconMoon {...iconSize} />,
          onClick: () => setColorScheme('dark'),
        },
      ],
    },
    {
      group: 'Models',
      actions: (models.data ?? []).map(({ id, name }) => ({
        id,
        label: name,
        leftSection: <IconCube {...iconSize} />,
        onClick: () => navigate(`/library/${id}`),
      })),
    },
  ];

  return (
    <Spotlight
      actions={groups}
      shortcut={['mod + K', 'mod + shift + P']}
      tagsToIgnore={[]}
      nothingFound="Nothing goes by that name."
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch {...iconSize} />,
        placeholder: 'Find a view, a model or an action',
        'aria-label': 'Find a view, a model or an action',
      }}
    />
  );
}
