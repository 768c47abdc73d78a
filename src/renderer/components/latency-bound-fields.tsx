import { NumberInput, Select } from '@mantine/core';
import { useState } from 'react';
import {
  type BoundStatistic,
  boundStatisticSchema,
  type LatencyBound,
  latencyBoundSchema,
} from '#shared/latency-bound.ts';

const statisticLabels: Record<BoundStatistic, string> = {
  median: 'for the median',
  p90: 'for 90 calls in 100',
  p95: 'for 95 calls in 100',
  p99: 'for 99 calls in 100',
};

/** How long a call may take, and which of its times has to hold that; empty for no bound. `hasLabels`: as in a form. */
export function LatencyBoundFields(props: {
  bound: LatencyBound | null;
  onChange: (bound: LatencyBound | null) => void;
  hasLabels?: boolean;
}) {
  const { bound, onChange, hasLabels = false } = props;
  // As entered: “0” on the way to “0.5” is no bound yet.
  const [entered, setEntered] = useState<{ ms: number | string; statistic: BoundStatistic }>({
    ms: bound?.ms ?? '',
    statistic: bound?.statistic ?? 'median',
  });
  const change = (changes: Partial<typeof entered>): void => {
    const next = { ...entered, ...changes };
    setEntered(next);
    const parsed = latencyBoundSchema.safeParse(next);
    onChange(parsed.success ? parsed.data : null);
  };
  return (
    <>
      <NumberInput
        {...(hasLabels
          ? {
              label: 'Latency bound',
              description: 'One call may take so long; the server scenario takes it too, unless it has its own',
            }
          : { 'aria-label': 'Latency bound, milliseconds', w: '7.5rem' })}
        placeholder="No bound"
        suffix=" ms"
        min={0}
        max={3_600_000}
        decimalScale={3}
        allowNegative={false}
        value={entered.ms}
        onChange={(ms) => change({ ms })}
      />
      <Select
        {...(hasLabels
          ? { label: 'The bound has to hold', description: 'Percentiles need more samples: measure longer' }
          : { 'aria-label': 'What has to hold the bound', w: '11rem' })}
        allowDeselect={false}
        data={boundStatisticSchema.options.map((value) => ({ value, label: statisticLabels[value] }))}
        value={entered.statistic}
        onChange={(value) => change({ statistic: value ?? 'median' })}
      />
    </>
  );
}
