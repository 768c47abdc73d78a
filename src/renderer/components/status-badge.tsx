import { Loader } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
  type Icon,
} from '@tabler/icons-react';
import classes from './status-badge.module.css';

export type StatusTone = 'good' | 'warn' | 'bad' | 'busy' | 'idle' | 'off';

const icons: Record<Exclude<StatusTone, 'busy'>, Icon> = {
  good: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  idle: IconCircleDashed,
  off: IconCircleMinus,
};

/** A state in a word, told apart by shape and not by colour alone. */
export function StatusBadge({ tone, children }: { tone: StatusTone; children: string }) {
  return (
    <span className={classes['badge']} data-tone={tone}>
      <span className={classes['sign']} aria-hidden>
        {tone === 'busy' ? <Loader size={12} color="var(--whittle-busy)" /> : <Sign tone={tone} />}
      </span>
      {children}
    </span>
  );
}

function Sign({ tone }: { tone: Exclude<StatusTone, 'busy'> }) {
  const Glyph = icons[tone];
  return <Glyph size={15} stroke={2} />;
}
