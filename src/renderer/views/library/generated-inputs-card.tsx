import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Variant } from '#shared/model.ts';
import { orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { InputTable } from '../../components/input-table.tsx';
import { SectionCard } from '../../components/section-card.tsx';

/** What the variant is run on where no data is chosen. */
export function GeneratedInputsCard({ variant }: { variant: Variant }) {
  const { data, error } = useQuery(orpc.models.generatedInputs.queryOptions({ input: { path: variant.path } }));
  if (!data && !error) return null;
  const isAssumed = data?.inputs.some(({ assumed }) => assumed.length > 0) ?? false;
  return (
    <SectionCard
      title="Generated inputs"
      description={`What it is run on where no data is chosen, at batch 1.${isAssumed ? ' A benchmark can set other sizes.' : ''}`}
      isFlush
    >
      {error ? <ErrorMessage error={error} title="The inputs could not be told" /> : null}
      {data?.refusal ? (
        <Text px="sm" pb="sm">
          {data.refusal}
        </Text>
      ) : null}
      {data && data.inputs.length > 0 ? <InputTable inputs={data.inputs} label="Generated inputs" /> : null}
    </SectionCard>
  );
}
