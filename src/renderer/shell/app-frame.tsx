import { AppShell } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useConnection } from '../api/use-connection.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import classes from './app-frame.module.css';
import { DropToImport } from './drop-to-import.tsx';
import { JobsFooter } from './jobs-footer.tsx';
import { Navigation } from './navigation.tsx';
import { CommandPalette } from './command-palette.tsx';
import { useAskedImports } from './use-asked-imports.ts';
import { useFocusedCellsInSight } from './use-focused-cells-in-sight.ts';
import { useScrollToTop } from './use-scroll-to-top.ts';
import { useViewShortcuts } from './use-view-shortcuts.ts';

/** Navigation at the left, running jobs at the bottom, the view between them. */
export function AppFrame({ children }: { children: ReactNode }) {
  const connection = useConnection();
  useViewShortcuts();
  useAskedImports();
  useFocusedCellsInSight();
  useScrollToTop();
  return (
    <AppShell
      layout="alt"
      navbar={{ width: { base: 84, lg: 188 }, breakpoint: 0 }}
      footer={{ height: 36 }}
      transitionDuration={0}
      classNames={{ navbar: classes['navbar'] ?? '', footer: classes['footer'] ?? '', main: classes['main'] ?? '' }}
    >
      <AppShell.Navbar>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main>
        <ConnectionBanner />
        <div className={classes['view']}>
          {connection.status === 'refused' ? (
            <EmptyState title="Not connected" description={connection.message} icon={IconPlugConnectedX} />
          ) : (
            children
          )}
        </div>
      </AppShell.Main>
      <AppShell.Footer>
        <JobsFooter />
      </AppShell.Footer>
      <CommandPalette />
      <DropToImport />
    </AppShell>
  );
}
