import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { countText } from '#shared/text/number-text.ts';
import { orpc } from '../../api/client.ts';
import { host } from '../../api/host.ts';
import { PathField } from '../../components/path-field.tsx';

const AUTOMATIC = 'automatic';
const OWN_FOLDER = 'folder';

/** A dataset of the library, or a folder with one; the value of a folder is its path, empty as long as none is named. */
export function DatasetFields<Value extends string | null>(props: {
  label: string;
  description: string;
  /** What null stands for; without it, it is not offered. */
  automatic: Value extends null ? string : null;
  value: Value | string;
  onChange: (datasetId: Value | string) => void;
}) {
  const { label, description, automatic, value, onChange } = props;
  const datasets = useQuery(orpc.models.datasets.queryOptions());
  const known = datasets.data ?? [];
  const isFolder = value !== null && !known.some(({ id }) => id === value);
  return (
    <>
      <Select
        label={label}
        description={description}
        data={[
          ...(automatic === null ? [] : [{ value: AUTOMATIC, label: automatic }]),
          ...known.map(({ id, title, itemCount }) => ({
            value: id,
            label: `${title} (${countText(itemCount, 'item')})`,
          })),
          { value: OWN_FOLDER, label: 'A folder of your own' },
        ]}
        value={value === null ? AUTOMATIC : isFolder ? OWN_FOLDER : value}
        allowDeselect={false}
        onChange={(id) => onChange(id === AUTOMATIC ? (null as Value) : id === OWN_FOLDER || id === null ? '' : id)}
      />
      {isFolder ? (
        <PathField
          label="Folder"
          description="With items in IDX files, such as t10k-images-idx3-ubyte.gz, and labels beside them if there are any"
          placeholder="/home/me/my-images"
          value={value}
          onChange={onChange}
          pick={host.pickDataFolder}
          pickLabel="Choose…"
        />
      ) : null}
    </>
  );
}
