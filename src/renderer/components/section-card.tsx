import { Group, Paper, Text, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './section-card.module.css';

/** A titled part of a view. `flush` lets a table reach the edges. */
export function SectionCard(props: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  isFlush?: boolean;
  children: ReactNode;
}) {
  const titleId = useId();
  return (
    <Paper withBorder component="section" aria-labelledby={titleId} className={classes['card']}>
      <Group justify="space-between" gap="sm" className={classes['head']} wrap="wrap">
        <div className={classes['words']}>
          <Title order={2} id={titleId} size="h3">
            {props.title}
          </Title>
          {props.description === undefined ? null : (
            <Text size="xs" c="dimmed" component="div">
              {props.description}
            </Text>
          )}
        </div>
        {props.actions === undefined ? null : <Group gap="xs">{props.actions}</Group>}
      </Group>
      <div className={props.isFlush ? classes['flush'] : classes['body']}>{props.children}</div>
    </Paper>
  );
}
