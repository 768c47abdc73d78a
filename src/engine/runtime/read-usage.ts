import type { ProcessUsage } from '#shared/block-context.ts';

/** What this process used so far, all of its threads: getrusage(2), through Node. Windows gives processor time and faults only. */
export function readUsage(): ProcessUsage {
  const usage = process.resourceUsage();
  return {
    cpuMs: (usage.userCPUTime + usage.systemCPUTime) / 1000,
    voluntarySwitches: usage.voluntaryContextSwitches,
    involuntarySwitches: usage.involuntaryContextSwitches,
    minorFaults: usage.minorPageFault,
    majorFaults: usage.majorPageFault,
  };
}

/** What was used between two readings. */
export function usageBetween(before: ProcessUsage, after: ProcessUsage): ProcessUsage {
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    voluntarySwitches: after.voluntarySwitches - before.voluntarySwitches,
    involuntarySwitches: after.involuntarySwitches - before.involuntarySwitches,
    minorFaults: after.minorFaults - before.minorFaults,
    majorFaults: after.majorFaults - before.majorFaults,
  };
}
