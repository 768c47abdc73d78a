import { useQuery } from '@tanstack/react-query';
import { orpc } from '../../api/client.ts';
import { DatasetFields } from './dataset-fields.tsx';

/** Which data a job uses; null leaves it to the tie of the model. */
export function DataSelect(props: {
  label: string;
  description: string;
  /** The dataset family that the model is tied to. */
  tiedFamily: string | null;
  value: string | null;
  onChange: (datasetId: string | null) => void;
  file?: { path: string | null; onChange: (path: string | null) => void };
}) {
  const { tiedFamily, ...fields } = props;
  const datasets = useQuery(orpc.models.datasets.queryOptions());
  const tied = (datasets.data ?? []).find(({ family }) => family === tiedFamily);
  const automatic =
    tiedFamily === null
      ? 'Generated inputs (the model is tied to no data)'
      : `What the model is tied to: ${tied?.title.split(',')[0] ?? tiedFamily}`;
  return <DatasetFields {...fields} automatic={automatic} />;
}
