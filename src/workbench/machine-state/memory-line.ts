/** The memory of an engine process over time, read from outside of it. Reader, clock and timer are passed in. */
import type { MemoryPhase, MemoryPoint } from '#shared/run-record.ts';
import { parseProcStatus } from '#shared/proc-status.ts';

/** While a case is loaded and warmed up. During blocks it is read after each, so that no reading falls into a sample. */
const READ_EVERY_MS = 50;
/** However long a case is loaded and measured, its line is drawn at once. */
const MOST_POINTS = 2000;

export type MemoryLine = {
  /** What the process does from now on; reads at once, always. */
  enter: (phase: MemoryPhase) => void;
  /** Each time that the line was full, it lost every second point, and from then on half as many of these calls read. */
  read: () => void;
  /** Calls `read` every 50 ms from now on. */
  start: () => void;
  stop: () => void;
  points: () => MemoryPoint[];
  readingMs: () => number;
  /** Also those whose points were dropped. */
  readingCount: () => number;
};

/** @param options.readStatus the content of /proc/PID/status; null where there is none */
export function createMemoryLine(options: {
  readStatus: () => string | null;
  now: () => number;
  every?: (work: () => void, intervalMs: number) => () => void;
}): MemoryLine {
  const { readStatus, now, every = everyInterval } = options;
  const startMs = now();
  let points: MemoryPoint[] = [];
  let phase: MemoryPhase = 'load';
  let readingMs = 0;
  let readingCount = 0;
  /** One reading in so many is made, beside those at the start of a phase. */
  let stride = 1;
  let skippedCount = 0;
  let stopTimer: (() => void) | null = null;
  const readNow = (): void => {
    skippedCount = 0;
    if (points.length >= MOST_POINTS) {
      points = everySecond(points);
      stride *= 2;
    }
    const beforeMs = now();
    const { residentBytes, anonymousBytes, fileBytes } = parseProcStatus(readStatus() ?? '');
    const afterMs = now();
    readingMs += afterMs - beforeMs;
    readingCount += 1;
    if (residentBytes !== null)
      points.push({ atMs: beforeMs - startMs, phase, residentBytes, anonymousBytes, fileBytes });
  };
  const read = (): void => {
    skippedCount += 1;
    if (skippedCount >= stride) readNow();
  };
  return {
    enter(next) {
      phase = next;
      readNow();
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
    readingCount: () => readingCount,
  };
}

/** And the first of each phase, so that none of them vanishes. */
function everySecond(points: readonly MemoryPoint[]): MemoryPoint[] {
  return points.filter(({ phase }, index) => index % 2 === 0 || phase !== points[index - 1]?.phase);
}

function everyInterval(work: () => void, intervalMs: number): () => void {
  const timer = setInterval(work, intervalMs);
  return () => clearInterval(timer);
}
