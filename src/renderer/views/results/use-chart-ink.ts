import { useComputedColorScheme } from '@mantine/core';
import type { ChartInk } from '../../charts/chart-ink.ts';
import { chartInk, seriesColors, theme } from '../../theme.ts';

/** The colours that charts have in the scheme that is shown. */
export function useChartInk(): ChartInk {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return { ...chartInk[scheme], series: seriesColors[scheme], fontFamily: theme.fontFamily ?? 'sans-serif' };
}
