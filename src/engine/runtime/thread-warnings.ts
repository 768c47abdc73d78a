import type { CaseSettings } from '#shared/case.ts';
import type { RunWarning } from '#shared/run.ts';
import { readCgroupLimits } from '../device/cgroup.ts';
import { createMachineReader } from '../device/machine-reader.ts';
import { countPhysicalCores } from './count-cores.ts';

/**
 * Where the number of threads is left open, it follows the cores that the process may run on, as in ONNX Runtime itself. Neither
 * knows of a container's CPU quota, which lets all of them run at once only for a part of the time.
 * @param limits.cores CPU quota in cores; null without one
 */
export function warningsOfThreads(
  { intraOpThreads }: Pick<CaseSettings, 'intraOpThreads'>,
  limits: { coreCount: number | null; cores: number | null } = {
    coreCount: countPhysicalCores(),
    cores: readCgroupLimits(createMachineReader()).cores,
  },
): RunWarning[] {
  const { coreCount, cores } = limits;
  // A number that was asked for is judged by the workbench, which knows the device.
  if (intraOpThreads > 0 || coreCount === null || cores === null || coreCount <= Math.ceil(cores)) return [];
  return [
    {
      kind: 'thread-oversubscription',
      message: `The run takes ${coreCount} threads, one per core, but the CPU quota of the container is ${Number(cores.toFixed(2))} cores: they are stopped again and again. Choose ${Math.ceil(cores)} ${Math.ceil(cores) === 1 ? 'thread' : 'threads'}.`,
    },
  ];
}
