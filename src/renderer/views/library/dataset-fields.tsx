import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { countText } from '#shared/text/number-text.ts';
import { orpc } from '../../api/client.ts';
import { host } from '../../api/host.ts';
import { PathField } from '../../components/path-field.tsx';
import { ArraysField } from './arrays-field.tsx';

const AUTOMATIC = 'automatic';
const OWN_FOLDER = 'folder';
const OWN_FILE = 'file';

/** A dataset of the library, a folder with one, or a file of arrays where that is offered; the value of a folder is its path, empty as long as none is named. */
export function DatasetFields<Value extends string | null>(props: {
  label: string;
  description: string;
  /** What null stands for; without it, it is not offered. */
  automatic: Value extends null ? string : null;
  value: Value | string;
  onChange: (datasetId: Value | string) => void;
  /** The file of arrays that is taken instead; its path is null as long as a dataset is, and empty as long as none is named. */
  file?: { path: string | null; onChange: (path: string | null) => void };
}) {
  const { label, description, automatic, value, onChange, file } = props;
  const path = file?.path ?? null;
  const datasets = useQuery(orpc.models.datasets.queryOptions());
  const known = datasets.data ?? [];
  const isFolder = path === null && value !== null && !known.some(({ id }) => id === value);
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
          ...(file === undefined ? [] : [{ value: OWN_FILE, label: 'A file of arrays' }]),
        ]}
        value={path !== null ? OWN_FILE : value === null ? AUTOMATIC : isFolder ? OWN_FOLDER : value}
        allowDeselect={false}
        onChange={(id) => {
          file?.onChange(id === OWN_FILE ? '' : null);
          if (id !== OWN_FILE)
            onChange(id === AUTOMATIC ? (null as Value) : id === OWN_FOLDER || id === null ? '' : id);
        }}
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
      {path === null ? null : (
        <ArraysField
          description="A .npz file with an array for each input by its name; the first axis counts items"
          value={path}
          onChange={(entered) => file?.onChange(entered)}
        />
      )}
    </>
  );
}
