import { ActionIcon, type MantineColorScheme, Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, type Icon, IconMoon, IconSun } from '@tabler/icons-react';

const schemes: Record<MantineColorScheme, { name: string; icon: Icon }> = {
  auto: { name: 'As the system', icon: IconDeviceDesktop },
  light: { name: 'Light', icon: IconSun },
  dark: { name: 'Dark', icon: IconMoon },
};

export function ColorSchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Current = schemes[colorScheme].icon;
  return (
    <Menu position="right-end">
      <Menu.Target>
        <Tooltip label={`Colours: ${schemes[colorScheme].name.toLowerCase()}`} position="right">
          <ActionIcon color="gray" aria-label="Colour scheme">
            <Current size={17} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(schemes) as MantineColorScheme[]).map((scheme) => {
          const { name, icon: Glyph } = schemes[scheme];
          return (
            <Menu.Item
              key={scheme}
              leftSection={<Glyph size={15} stroke={1.6} />}
              rightSection={scheme === colorScheme ? <IconCheck size={14} aria-label="chosen" /> : null}
              onClick={() => setColorScheme(scheme)}
            >
              {name}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
