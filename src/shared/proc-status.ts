import type { MemoryParts } from './run-record.ts';

/**
 * Resident memory of a process on Linux, bytes. Parts by kind are known since Linux 4.5.
 * @param text the content of /proc/PID/status; what it does not say is null
 */
export function parseProcStatus(text: string): MemoryParts & { peakBytes: number | null } {
  const bytesOf = (name: string): number | null => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  };
  const fileBytes = bytesOf('RssFile');
  const sharedBytes = bytesOf('RssShmem');
  return {
    residentBytes: bytesOf('VmRSS'),
    peakBytes: bytesOf('VmHWM'),
    anonymousBytes: bytesOf('RssAnon'),
    fileBytes: fileBytes === null || sharedBytes === null ? null : fileBytes + sharedBytes,
  };
}
