/** The page: its frame, and which view an address shows. */
import type { ReactNode } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { EmptyState } from './components/empty-state.tsx';
import { AppFrame } from './shell/app-frame.tsx';
import { ViewBoundary } from './shell/view-boundary.tsx';
import { BenchmarkView } from './views/benchmark/benchmark-view.tsx';
import { DevicesView } from './views/devices/devices-view.tsx';
import { LibraryView } from './views/library/library-view.tsx';
import { ModelView } from './views/library/model-view.tsx';
import { ReportsView } from './views/reports/reports-view.tsx';
import { ResultsView } from './views/results/results-view.tsx';

export function App() {
  const [location] = useLocation();
  return (
    <AppFrame>
      <ViewBoundary address={location}>
        <Switch>
          <Route path="/">
            <Redirect to="/library" replace />
          </Route>
          <Route path="/devices" component={DevicesView} />
          <Route path="/library" component={LibraryView} />
          <Route path="/library/:modelId">{({ modelId }) => <ModelView modelId={modelId} />}</Route>
          {/* `?variants=` holds the ids to begin with, joined by commas; `?experiment=` that of one to follow. */}
          <Route path="/benchmark">
            <BenchmarkView />
          </Route>
          {/* With `useParams`: `experimentId`, absent for the newest. */}
          <Route path="/results/:experimentId?">
            <ResultsView />
          </Route>
          <Route path="/reports">
            <ReportsView />
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </ViewBoundary>
    </AppFrame>
  );
}

function NotFound(): ReactNode {
  return <EmptyState title="There is no such view" description="Choose one on the left." />;
}
