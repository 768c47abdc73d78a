import { useParams } from 'wouter';
import { ExperimentList } from './experiment-list.tsx';
import { ExperimentPage } from './experiment-page.tsx';

/** All experiments, or one of them: `/results/:experimentId`. */
export function ResultsView() {
  const { experimentId } = useParams<{ experimentId?: string }>();
  return experimentId === undefined ? (
    <ExperimentList />
  ) : (
    <ExperimentPage key={experimentId} experimentId={experimentId} />
  );
}
