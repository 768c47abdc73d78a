/** The stable name of a machine. */
import { createHash } from 'node:crypto';
import type { Device } from '#shared/device.ts';
import type { FoundGpu } from './found-gpu.ts';

const LENGTH = 16;

/**
 * 16 hexadecimal digits of a SHA-256 over what makes a machine the one it is: the CPU's maker, model, architecture, sockets,
 * cores and extensions, the memory in whole GiB, the GPUs by their PCI ids (else their names), and the name of the system.
 *
 * Left out is what changes on the same machine: versions of the system, the kernel and drivers, clocks and the governor, limits of
 * a container, power, virtualization, caches (which some kernels do not tell), and memory below a GiB (which kernels keep back in
 * different amounts).
 */
export function fingerprintOf(device: Omit<Device, 'fingerprint' | 'gpus'>, gpus: readonly FoundGpu[]): string {
  const { cpu } = device;
  const facts = {
    cpu: [cpu.vendor, cpu.model, cpu.architecture, cpu.sockets, cpu.physicalCores, cpu.logicalCores],
    extensions: cpu.extensions.toSorted(),
    memoryGibibytes: Math.round(device.memoryBytes / 2 ** 30),
    gpus: gpus.map((gpu) => gpu.hardwareId ?? gpu.name).toSorted(),
    os: [device.os.platform, device.os.name],
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, LENGTH);
}
