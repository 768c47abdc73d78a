/** The views in the order of the navigation; their shortcuts are Ctrl (or ⌘) and their number. */
import { type Icon, IconCpu, IconFileText, IconGauge, IconChartDots, IconStack2 } from '@tabler/icons-react';

export type ViewEntry = { path: string; name: string; icon: Icon; description: string };

export const viewEntries: readonly ViewEntry[] = [
  { path: '/devices', name: 'Devices', icon: IconCpu, description: 'This machine and its execution providers' },
  { path: '/library', name: 'Library', icon: IconStack2, description: 'Models and the variants made from them' },
  { path: '/benchmark', name: 'Benchmark', icon: IconGauge, description: 'Plan and run an experiment' },
  { path: '/results', name: 'Results', icon: IconChartDots, description: 'What was measured, compared' },
  { path: '/reports', name: 'Reports', icon: IconFileText, description: 'Reports to keep and to hand on' },
];
