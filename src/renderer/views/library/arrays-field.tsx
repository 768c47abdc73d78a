import { host } from '../../api/host.ts';
import { PathField } from '../../components/path-field.tsx';

/** The path of a file of NumPy's: picked, or uploaded where the workbench is on another machine. */
export function ArraysField(props: { description: string; value: string; onChange: (path: string) => void }) {
  const { description, value, onChange } = props;
  return (
    <PathField
      label="File"
      description={
        host.isPickedCopied
          ? `${description}: its path on the machine of “whittle serve”. One that is uploaded is kept there, in the library’s folder “inputs”`
          : description
      }
      placeholder="/home/me/inputs.npz"
      value={value}
      onChange={onChange}
      pick={host.pickArraysFile}
      pickLabel={host.isPickedCopied ? 'Upload…' : 'Choose…'}
    />
  );
}
