/** ONNX Runtime Web's log goes to the console, whose methods it remembers when it is loaded: the tap has to be there before. */
export type ConsoleTap = {
  /** @returns what was printed while the work was done; it does not reach the console */
  collect: (work: () => Promise<void>) => Promise<string>;
};

export function tapConsole(): ConsoleTap {
  let lines: string[] | null = null;
  // Which one it is depends on the severity.
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const print = console[method].bind(console);
    console[method] = (...words: unknown[]) => {
      if (lines === null) print(...words);
      else lines.push(words.join(' '));
    };
  }
  return {
    async collect(work) {
      const collected: string[] = [];
      lines = collected;
      try {
        await work();
      } finally {
        lines = null;
      }
      return collected.join('\n');
    },
  };
}
