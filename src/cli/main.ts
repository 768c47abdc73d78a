/** The command `whittle`: builds its parts, joins them, and turns the outcome into an exit status. */
import { programPathsOf, readVersions } from '#workbench/program-paths.ts';
import type { CommandContext, Output } from './command-context.ts';
import { runCommandLine } from './run-command-line.ts';

const EXIT_INTERRUPTED = 130;

const outputOf = (stream: NodeJS.WriteStream): Output => {
  // A reader such as `head` may close its end.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY && process.env['TERM'] !== 'dumb',
    columns: () => stream.columns ?? 100,
  };
};

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time, it is meant.
    if (interruption.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interruption.abort();
  });
}

const programsPath = import.meta.dirname;
const context: CommandContext = {
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  paths: programPathsOf(programsPath),
  versions: readVersions(programsPath),
  env: process.env,
  interrupted: interruption.signal,
};

process.exitCode = await runCommandLine(process.argv.slice(2), context);
