import type { Device } from './device.ts';

/**
 * Whole cores that sessions of this process share: no more than the affinity mask and a quota allow, nor than there are physical ones.
 * Where ONNX Runtime chooses the threads of a session, they count as so many.
 */
export function coresOf({ cpu }: Pick<Device, 'cpu'>): number {
  return Math.max(1, Math.floor(Math.min(cpu.usableCores, cpu.physicalCores ?? cpu.usableCores)));
}
