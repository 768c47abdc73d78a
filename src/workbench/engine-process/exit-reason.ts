/** Words for an engine process that ended before it answered. */
import { AppError } from '#shared/app-error.ts';

export type EngineExit = {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** It lived on without its channel, and Whittle ended it. */
  closedItsChannel?: boolean;
};

const LINES_SHOWN = 3;
const LONGEST_LINE_SHOWN = 300;
const SPEAKS_OF_ERROR = /error|fatal|exception|terminate called|abort/i;
/** Lines of native and JavaScript stack traces: no news for people. */
const STACK_FRAME = /^(\d+: |at |-{3,}|\[\w+\] *$)/;

const outOfMemoryMarks = [
  /bad_alloc/,
  /out of memory/i,
  /failed to allocate/i,
  /heap limit/i,
  /cannot allocate memory/i,
];

/** What each signal usually means in native code. */
const signalMeanings: Partial<Record<NodeJS.Signals, string>> = {
  SIGSEGV: 'a memory access violation in native code',
  SIGBUS: 'a memory bus error in native code',
  SIGILL: 'an instruction this CPU does not have',
  SIGFPE: 'an arithmetic error in native code',
  SIGABRT: 'native code gave up',
  SIGKILL: 'something outside of Whittle stopped it; most often the system was out of memory',
  SIGTERM: 'something outside of Whittle asked it to stop',
};

/** @param activity what the process was asked to do, e.g. `session.measure` */
export function explainExit(exit: EngineExit, activity: string, stderrTail: string): AppError {
  const lines = stderrTail
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !STACK_FRAME.test(line));
  // What follows the last line that speaks of an error is its detail; without one, the last words have to do.
  const errorIndex = lines.findLastIndex((line) => SPEAKS_OF_ERROR.test(line));
  const lastLines = (
    errorIndex === -1 ? lines.slice(-LINES_SHOWN) : lines.slice(errorIndex, errorIndex + LINES_SHOWN)
  ).map((line) => (line.length > LONGEST_LINE_SHOWN ? `${line.slice(0, LONGEST_LINE_SHOWN)}…` : line));
  const said = lastLines.length === 0 ? '' : ` It last said: ${lastLines.join(' / ')}`;
  const isKilledFromOutside = exit.signal === 'SIGKILL' && exit.closedItsChannel !== true;
  const isOutOfMemory = isKilledFromOutside || outOfMemoryMarks.some((mark) => mark.test(stderrTail));
  return new AppError(
    isOutOfMemory ? 'out-of-memory' : 'engine-crashed',
    `The engine process ended during ${activity} before it answered (${describe(exit)}).${said}`,
  );
}

function describe({ code, signal, closedItsChannel }: EngineExit): string {
  if (closedItsChannel) return 'it closed its connection to Whittle, and was stopped';
  if (signal !== null) {
    const meaning = signalMeanings[signal];
    return meaning ? `signal ${signal}: ${meaning}` : `signal ${signal}`;
  }
  if (code === 0) return 'exit code 0 without an answer';
  // Windows reports a crash as an NTSTATUS code.
  if (code === 0xc000_0005) return 'exit code 0xC0000005: a memory access violation in native code';
  return `exit code ${code}`;
}
