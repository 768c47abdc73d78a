import { Group, Radio, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Suitability } from '#shared/suitability/suitability.ts';
import { suitabilityTitles } from '#shared/text/suitability-text.ts';
import { StatusBadge, type StatusTone } from '../../../components/status-badge.tsx';
import classes from './recipe-card.module.css';

const tones: Readonly<Record<Suitability['level'], StatusTone>> = {
  recommended: 'good',
  possible: 'idle',
  unlikely: 'off',
};

/** One recipe to choose, and how well it suits the model and the device. */
export function RecipeCard(props: {
  value: string;
  title: string;
  summary: string;
  goodFor: string | null;
  suitability: Suitability | null;
  /** Beside the card, because a card is a button itself. */
  actions?: ReactNode;
}) {
  const { value, title, summary, goodFor, suitability, actions } = props;
  return (
    <div className={classes['frame']}>
      <Radio.Card value={value} className={classes['card'] ?? ''} aria-label={title}>
        <Group wrap="nowrap" align="flex-start" gap="sm">
          <Radio.Indicator size="xs" mt={2} />
          <div className={classes['text']}>
            <Text fw={600} pr={actions ? 24 : 0}>
              {title}
            </Text>
            {suitability === null ? null : (
              <div className={classes['suitability']}>
                <StatusBadge tone={tones[suitability.level]}>{suitabilityTitles[suitability.level]}</StatusBadge>
                <Text size="xs">{suitability.reason}</Text>
              </div>
            )}
            <Text size="xs" c="dimmed">
              {summary}
            </Text>
            {goodFor === null ? null : (
              <Text size="xs" c="dimmed" mt={4}>
                Good for: {goodFor}
              </Text>
            )}
          </div>
        </Group>
      </Radio.Card>
      {actions ? <div className={classes['actions']}>{actions}</div> : null}
    </div>
  );
}
