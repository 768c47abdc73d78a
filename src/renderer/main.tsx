/** Builds the page's parts and joins them. */
import '@mantine/core/styles.css';
import '@mantine/dropzone/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './page.css';
import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { followChanges } from './api/follow-changes.ts';
import { createQueryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { PaperWatch } from './components/on-paper.tsx';
import { cssVariablesResolver, theme } from './theme.ts';

const queryClient = createQueryClient();
void followChanges(queryClient);

const root = document.querySelector('#root');
if (!root) throw new Error('index.html holds no #root.');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <PaperWatch>
        {(isOnPaper) => (
          <MantineProvider
            theme={theme}
            cssVariablesResolver={cssVariablesResolver}
            defaultColorScheme="auto"
            {...(isOnPaper ? { forceColorScheme: 'light' } : {})}
          >
            <ModalsProvider>
              {/* Under dialogs, whose buttons a notice must not cover. */}
              <Notifications position="bottom-right" limit={4} zIndex={150} />
              <App />
            </ModalsProvider>
          </MantineProvider>
        )}
      </PaperWatch>
    </QueryClientProvider>
  </StrictMode>,
);
