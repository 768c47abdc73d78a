/** The memory of an engine process over time, read from outside of it. Reader, clock and timer are passed in. */
import type { MemoryPhase, MemoryPoint } from '#shared/run-record.ts';
import { parseProcStatus } from '#shared/proc-status.ts';

/** While a case is loaded and warmed up. During blocks it is read after each, so that no reading falls into a sample. */
const READ_EVERY_MS = 50;
/** A long warm-up or many blocks end in a line that is still drawn at once. */
const MOST_POINTS = 2000;

export type MemoryLine = {
  /** What the process does from now on; reads at once. */
  enter: (phase: MemoryPhase) => void;
  read: () => void;
  /** Reads every 50 ms from now on. */
  start: () => void;
  stop: () => void;
  points: () => MemoryPoint[];
  readingMs: () => number;
};

/** @param options.readStatus the content of /proc/PID/status; null where there is none */
export function createMemoryLine(options: {
  readStatus: () => string | null;
  now: () => number;
  every?: (work: () => void, intervalMs: number) => () => void;
}): MemoryLine {
  const { readStatus, now, every = everyInterval } = options;
  const startMs = now();
  const points: MemoryPoint[] = [];
  let phase: MemoryPhase = 'load';
  let readingMs = 0;
  let stopTimer: (() => void) | null = null;
  const read = (): void => {
    if (points.length >= MOST_POINTS) return;
    const beforeMs = now();
    const { residentBytes, anonymousBytes, fileBytes } = parseProcStatus(readStatus() ?? '');
    const afterMs = now();
    readingMs += afterMs - beforeMs;
    if (residentBytes !== null)
      points.push({ atMs: beforeMs - startMs, phase, residentBytes, anonymousBytes, fileBytes });
  };
  return {
    enter(next) {
      phase = next;
      read();
    },
    read,
    start() {
      stopTimer ??= every(read, READ_EVERY_MS);
    },
    stop() {
      stopTimer?.();
      stopTimer = null;
    },
    points: () => points,
    readingMs: () => readingMs,
  };
}

function everyInterval(work: () => void, intervalMs: number): () => void {
  const timer = setInterval(work, intervalMs);
  return () => clearInterval(timer);
}
