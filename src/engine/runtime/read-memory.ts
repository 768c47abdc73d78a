import { readFileSync } from 'node:fs';
import type { MemoryReading } from '#shared/engine-protocol.ts';
import { parseProcStatus } from '#shared/proc-status.ts';

/**
 * Resident memory of this process. Linux: `VmRSS`, `VmHWM` and the parts by kind of /proc/self/status. Elsewhere Node's own readings, where
 * `maxRSS` is given in kibibytes on every platform.
 */
export function readMemory(): MemoryReading {
  if (process.platform === 'linux') return parseProcStatus(readProcStatus());
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return {
    residentBytes: process.memoryUsage.rss(),
    peakBytes: peakBytes > 0 ? peakBytes : null,
    anonymousBytes: null,
    fileBytes: null,
  };
}

function readProcStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    // Some sandboxes hide /proc.
    return '';
  }
}
