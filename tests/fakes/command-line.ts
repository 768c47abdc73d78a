/** Runs `whittle` in this process, with a home of its own, and keeps what it prints. */
import type { CommandContext, ExitStatus, Output } from '../../src/cli/command-context.ts';
import { runCommandLine } from '../../src/cli/run-command-line.ts';
import { fakeEnginePath, samplesPath as bundledSamplesPath, testEnvironment } from './test-workbench.ts';

export type Ran = { status: ExitStatus; stdout: string; stderr: string };

export function commandLineIn(
  homePath: string,
  options: {
    enginePath?: string;
    samplesPath?: string | null;
    /** Ctrl-C is pressed as soon as something like this is printed on standard error. */
    interruptAt?: RegExp;
  } = {},
): (...args: string[]) => Promise<Ran> {
  return async (...args) => {
    const printed = { stdout: '', stderr: '' };
    const interruption = new AbortController();
    const capture = (name: keyof typeof printed): Output => ({
      write(text) {
        printed[name] += text;
        if (name === 'stderr' && options.interruptAt?.test(text)) setImmediate(() => interruption.abort());
      },
      isTerminal: false,
      columns: () => 100,
    });
    const context: CommandContext = {
      stdout: capture('stdout'),
      stderr: capture('stderr'),
      paths: {
        enginePath: options.enginePath ?? fakeEnginePath,
        workbenchPath: '',
        preloadPath: '',
        rendererPath: '',
        webRuntimePath: null,
        samplesPath: options.samplesPath === undefined ? bundledSamplesPath : options.samplesPath,
      },
      versions: testEnvironment,
      env: { WHITTLE_HOME: homePath },
      interrupted: interruption.signal,
    };
    const status = await runCommandLine(args, context);
    return { status, ...printed };
  };
}
