import { formatMs, formatPercent } from '../format.ts';
import type { Outliers, RunContext } from '../run.ts';
import { countText } from './number-text.ts';

export type NamedText = { name: string; value: string };

/** What the machine did while a run was measured; only what the platform told. */
export function contextTexts(context: RunContext): NamedText[] {
  const { lowestMegahertz, highestMegahertz, throttleCount, batteryBlockCount, blockCount } = context;
  const texts: [string, string | null][] = [
    ['Other programs', known(context.otherCores, (cores) => `${cores.toFixed(2)} cores' worth of work`)],
    ['Stolen by the hypervisor', known(context.stolenCores, (cores) => `${cores.toFixed(2)} cores' worth of time`)],
    ['Tasks waited for a core', known(context.cpuPressure, (share) => `${formatPercent(share)} of the time`)],
    ['Tasks waited for memory', known(context.memoryPressure, (share) => `${formatPercent(share)} of the time`)],
    [
      'Clock after blocks',
      lowestMegahertz === null || highestMegahertz === null
        ? null
        : `${Math.round(lowestMegahertz)} to ${Math.round(highestMegahertz)} MHz`,
    ],
    ['Energy of an inference', context.energy ? energyText(context.energy) : null],
    ['Throttled for heat', known(throttleCount, (count) => countText(count, 'time'))],
    ['On battery', known(batteryBlockCount, (count) => `${count} of ${countText(blockCount, 'block')}`)],
    [
      'Core',
      context.involuntarySwitches === null || context.voluntarySwitches === null
        ? null
        : `${countText(context.involuntarySwitches, 'time')} taken away, ${countText(context.voluntarySwitches, 'time')} given up`,
    ],
    [
      'Page faults',
      context.minorFaults === null || context.majorFaults === null
        ? null
        : `${context.minorFaults}, of a disk ${context.majorFaults}`,
    ],
    [
      'Reading this took',
      `${formatMs(context.readingMs / blockCount)} a block, ${formatPercent(context.readingMs / Math.max(1, context.wallMs))} of the measuring time, none of it in a sample`,
    ],
  ];
  return texts.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
}

/** `0.0123 J (0.0119 to 0.0127), at 18.4 W of processors and memory, idle power included`. */
function energyText({ joulesPerInference, ciLow, ciHigh, meanWatts }: NonNullable<RunContext['energy']>): string {
  const range = ciLow === null || ciHigh === null ? '' : ` (${ciLow.toPrecision(3)} to ${ciHigh.toPrecision(3)})`;
  return `${joulesPerInference.toPrecision(3)} J${range}, at ${meanWatts.toFixed(1)} W of processors and memory, idle power and other programs included`;
}

function known(value: number | null, textOf: (value: number) => string): string | null {
  return value === null ? null : textOf(value);
}

/** `12 far above (9 next to each other), 20 above, 0 below, 0 far below`. */
export function outliersText({ mildAbove, severeAbove, mildBelow, severeBelow, inBursts }: Outliers): string {
  const bursts = inBursts > 0 ? ` (${inBursts} next to each other)` : '';
  return `${severeAbove} far above${bursts}, ${mildAbove} above, ${mildBelow} below, ${severeBelow} far below`;
}
