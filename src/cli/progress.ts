/** Progress on standard error: one line drawn over and over on a terminal, plain lines otherwise. */
import { formatDuration } from '#shared/format.ts';
import type { Output } from './command-context.ts';

export type Progress = {
  /** @param fraction 0..1, or null while it cannot be told */
  report: (fraction: number | null, message: string) => void;
  /** A line that stays, above the progress. */
  say: (line: string) => void;
  /** Takes the line away. */
  clear: () => void;
};

const BAR_CELLS = 24;
/** Plain lines come at most so often while only the message's numbers change. */
const PLAIN_INTERVAL_MS = 5000;

export function createProgress(output: Output, now: () => number = Date.now): Progress {
  return output.isTerminal ? createBar(output, now) : createPlainLines(output, now);
}

function createBar(output: Output, now: () => number): Progress {
  const startMs = now();
  let isDrawn = false;
  const clear = (): void => {
    if (isDrawn) output.write('\r\u001B[2K');
    isDrawn = false;
  };
  return {
    report(fraction, message) {
      const filled = Math.round((fraction ?? 0) * BAR_CELLS);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}`;
      const share = fraction === null ? '    ' : `${String(Math.floor(fraction * 100)).padStart(3)} %`;
      const line = `${bar} ${share}  ${message} (${formatDuration(now() - startMs)})`;
      const columns = Math.max(20, output.columns() - 1);
      output.write(`\r\u001B[2K${line.length > columns ? `${line.slice(0, columns - 1)}…` : line}`);
      isDrawn = true;
    },
    say(line) {
      clear();
      output.write(`${line}\n`);
    },
    clear,
  };
}

function createPlainLines(output: Output, now: () => number): Progress {
  let lastText = '';
  let lastAtMs = -Infinity;
  return {
    report(fraction, message) {
      const text = message.replaceAll(/\d+/g, '#');
      const isNews = text !== lastText && now() - lastAtMs >= PLAIN_INTERVAL_MS / 5;
      if (!isNews && now() - lastAtMs < PLAIN_INTERVAL_MS) return;
      lastText = text;
      lastAtMs = now();
      output.write(`${fraction === null ? '' : `${Math.floor(fraction * 100)} % `}${message}\n`);
    },
    say: (line) => output.write(`${line}\n`),
    clear: () => {},
  };
}
