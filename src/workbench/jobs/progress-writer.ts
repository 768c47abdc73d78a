/** Writes the first and the last of a burst of progress reports, so that telling costs next to nothing. */
export type ProgressWriter = {
  report: (progress: number | null, message: string) => void;
  stop: () => void;
};

const SHORTEST_INTERVAL_MS = 250;

export function createProgressWriter(
  save: (progress: number | null, message: string) => void,
  intervalMs: number = SHORTEST_INTERVAL_MS,
): ProgressWriter {
  let latest: { progress: number | null; message: string } | null = null;
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    timer = null;
    if (latest === null) return;
    const { progress, message } = latest;
    latest = null;
    save(progress, message);
    timer = setTimeout(flush, intervalMs).unref();
  };
  return {
    report(progress, message) {
      latest = { progress, message };
      if (timer === null) flush();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      latest = null;
      timer = null;
    },
  };
}
