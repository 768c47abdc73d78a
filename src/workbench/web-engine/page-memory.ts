import { readFileSync } from 'node:fs';
import type { MemoryReading } from '#shared/engine-protocol.ts';
import { parseProcStatus } from '#shared/proc-status.ts';
import type { RunnerPage } from './runner-page.ts';

const unknown: MemoryReading = { residentBytes: null, peakBytes: null, anonymousBytes: null, fileBytes: null };

/**
 * Reads the resident memory of the page's own process (Linux); unknown elsewhere. What its models take on a GPU, or in the
 * browser's GPU process, is not in it.
 */
export function createMemoryReader(page: Pick<RunnerPage, 'findProcess'>): () => Promise<MemoryReading> {
  let largestBytes = 0;
  return async () => {
    const pid = process.platform === 'linux' ? await page.findProcess() : null;
    if (pid === null) return unknown;
    const { residentBytes, peakBytes, ...parts } = readStatus(pid);
    // The kernel's own peak was seen below an earlier reading, by megabytes, where a browser gives back memory that it shares.
    largestBytes = Math.max(largestBytes, residentBytes ?? 0, peakBytes ?? 0);
    return { ...parts, residentBytes, peakBytes: peakBytes === null ? null : largestBytes };
  };
}

function readStatus(pid: number): MemoryReading {
  try {
    return parseProcStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // It has just ended, or /proc is hidden.
    return unknown;
  }
}
