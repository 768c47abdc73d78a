import { ActionIcon, NavLink, Stack, Tooltip } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { shortcutText } from '../components/shortcut-text.ts';
import { ColorSchemeToggle } from './color-scheme-toggle.tsx';
import classes from './navigation.module.css';
import { viewEntries } from './views.ts';

export function Navigation() {
  const [location] = useLocation();
  return (
    <div className={classes['column']}>
      <div className={classes['brand']}>
        <BrandMark />
        <span className={classes['name']}>Whittle</span>
      </div>
      <Stack component="nav" aria-label="Views" gap={2} flex={1}>
        {viewEntries.map(({ path, name, icon: Glyph }, index) => {
          const isHere = location === path || location.startsWith(`${path}/`);
          return (
            <NavLink
              key={path}
              component={Link}
              href={path}
              label={name}
              title={`${name} (${shortcutText(String(index + 1))})`}
              active={isHere}
              aria-current={isHere ? 'page' : undefined}
              leftSection={<Glyph size={18} stroke={1.6} aria-hidden />}
              classNames={{
                root: classes['link'] ?? '',
                section: classes['icon'] ?? '',
                body: classes['linkBody'] ?? '',
                label: classes['label'] ?? '',
              }}
            />
          );
        })}
      </Stack>
      <div className={classes['tools']}>
        <Tooltip label={`Find an action (${shortcutText('K')})`} position="right">
          <ActionIcon color="gray" aria-label="Find an action" onClick={spotlight.open}>
            <IconSearch size={17} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <ColorSchemeToggle />
      </div>
    </div>
  );
}

/** Three cuts, each shorter than the one before. */
function BrandMark() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden className={classes['mark']}>
      <rect x="2" y="3" width="18" height="4" rx="1" />
      <rect x="2" y="9" width="12" height="4" rx="1" opacity="0.75" />
      <rect x="2" y="15" width="6" height="4" rx="1" opacity="0.5" />
    </svg>
  );
}
