/**
 * Reads topics again, one reading of a topic at a time: a change during a reading leads to one more afterwards. A slow
 * reading is thus never cut off by the changes that follow it.
 */
export function createRefresher<Topic>(read: (topic: Topic) => Promise<void>): { refresh: (topic: Topic) => void } {
  const running = new Set<Topic>();
  const waiting = new Set<Topic>();

  const run = async (topic: Topic): Promise<void> => {
    running.add(topic);
    try {
      do {
        waiting.delete(topic);
        // A reading that failed shows its error where it is used.
        await read(topic).catch(() => {});
      } while (waiting.has(topic));
    } finally {
      running.delete(topic);
    }
  };

  return {
    refresh(topic) {
      if (running.has(topic)) waiting.add(topic);
      else void run(topic);
    },
  };
}
