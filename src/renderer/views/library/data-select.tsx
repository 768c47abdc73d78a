import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { countText } from '#shared/text/number-text.ts';
import { orpc } from '../../api/client.ts';

const AUTOMATIC = '';

/** Which data a job uses; null leaves it to the tie of the model. */
export function DataSelect(props: {
  label: string;
  description: string;
  /** The dataset family that the model is tied to. */
  tiedFamily: string | null;
  value: string | null;
  onChange: (datasetId: string | null) => void;
}) {
  const datasets = useQuery(orpc.models.datasets.queryOptions());
  const tied = (datasets.data ?? []).find(({ family }) => family === props.tiedFamily);
  const automatic =
    props.tiedFamily === null
      ? 'Generated inputs (the model is tied to no data)'
      : `What the model is tied to: ${tied?.title.split(',')[0] ?? props.tiedFamily}`;
  return (
    <Select
      label={props.label}
      description={props.description}
      data={[
        { value: AUTOMATIC, label: automatic },
        ...(datasets.data ?? []).map(({ id, title, itemCount }) => ({
          value: id,
          label: `${title} (${countText(itemCount, 'item')})`,
        })),
      ]}
      value={props.value ?? AUTOMATIC}
      allowDeselect={false}
      onChange={(id) => props.onChange(id === AUTOMATIC ? null : id)}
    />
  );
}
