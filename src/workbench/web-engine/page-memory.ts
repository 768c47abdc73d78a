import { readFileSync } from 'node:fs';
import type { MemoryReading } from '#shared/engine-protocol.ts';
import { parseProcStatus } from '#shared/proc-status.ts';
import type { RunnerPage } from './runner-page.ts';

const unknown: MemoryReading = { residentBytes: null, peakBytes: null };

/**
 * Resident memory of the page's own process (Linux); unknown elsewhere. What its models take on a GPU, or in the browser's GPU
 * process, is not in it.
 */
export async function readPageMemory(page: Pick<RunnerPage, 'findProcess'>): Promise<MemoryReading> {
  if (process.platform !== 'linux') return unknown;
  const pid = await page.findProcess();
  if (pid === null) return unknown;
  try {
    return parseProcStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // It has just ended, or /proc is hidden.
    return unknown;
  }
}
