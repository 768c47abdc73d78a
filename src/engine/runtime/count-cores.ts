import { readFileSync } from 'node:fs';

/**
 * Physical cores that this process may run on: the number of intra-op threads that ONNX Runtime would choose itself.
 * Linux: `Cpus_allowed_list` of /proc/self/status and the sibling lists of sysfs.
 * @returns null where it cannot be told
 */
export function countPhysicalCores(
  readText: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): number | null {
  if (process.platform !== 'linux') return null;
  try {
    const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText('/proc/self/status'))?.[1];
    if (allowed === undefined) return null;
    // Processors of one core name the same siblings.
    const siblings = parseCpuList(allowed).map((cpu) =>
      readText(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`).trim(),
    );
    const coreCount = new Set(siblings).size;
    return coreCount > 0 ? coreCount : null;
  } catch {
    // Containers and small boards hide the topology.
    return null;
  }
}

/** `0-3,8` is 0, 1, 2, 3 and 8. */
export function parseCpuList(text: string): number[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number) as [number, number?];
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}
