import { Box, Table, Text } from '@mantine/core';
import type { InputForecast } from '#shared/input-forecast.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { assumedText, inputValuesText } from '#shared/text/input-text.ts';

/** What a model is, or would be, fed: name, type, shape and values of each input. */
export function InputTable({ inputs, label }: { inputs: readonly InputForecast[]; label: string }) {
  return (
    <Box style={{ overflowX: 'auto' }}>
      <Table verticalSpacing={6} horizontalSpacing="sm" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {['Input', 'Type and shape', 'Values'].map((title) => (
              <Table.Th key={title} fw={500} fz="xs">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {inputs.map((input) => (
            <InputRow key={input.name} input={input} />
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

function InputRow({ input }: { input: InputForecast }) {
  const { name, dtype, shape } = input;
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{isolateName(name)}</Table.Td>
      <Table.Td>
        <span className="mono">
          {dtype} [{shape.join(', ')}]
        </span>
        {input.assumed.length === 0 ? null : (
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            assumed: {isolateName(assumedText(input))}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{inputValuesText(input)}</Table.Td>
    </Table.Tr>
  );
}
