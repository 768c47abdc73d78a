import { HoverCard, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { FactSource } from '#shared/device.ts';
import { KeyValueList } from '../../components/key-value-list.tsx';
import { type Fact, sourceText } from './device-facts.ts';
import classes from './fact-list.module.css';

export function FactList({ facts }: { facts: readonly Fact[] }) {
  return (
    <KeyValueList
      items={facts.map(({ name, value, source }) => ({
        key: name,
        name,
        value: (
          <span className={classes['fact']}>
            {value === null ? <span className={classes['unknown']}>not known</span> : value}
            {source === null || value === null ? null : <SourceButton name={name} source={source} />}
          </span>
        ),
      }))}
    />
  );
}

/** Where a fact comes from, on hover and on focus. */
export function SourceButton({ name, source }: { name: string; source: FactSource }) {
  const differs = source.crossCheck === 'differs';
  const Glyph = differs ? IconAlertTriangle : IconInfoCircle;
  return (
    <HoverCard width={280} shadow="md" openDelay={120} position="top" withArrow>
      <HoverCard.Target>
        <UnstyledButton
          className={classes['source']}
          data-differs={differs}
          aria-label={`Where “${name}” comes from: ${sourceText(source)}`}
        >
          <Glyph size={14} stroke={1.75} aria-hidden />
        </UnstyledButton>
      </HoverCard.Target>
      <HoverCard.Dropdown p="xs">
        <Text size="xs" fw={600}>
          Where this comes from
        </Text>
        <Text size="xs">{sourceText(source)}</Text>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
