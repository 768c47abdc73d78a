/** What a command gets: where it prints, where things lie, and the word that it shall stop. */
import type { Command } from 'commander';
import type { Environment } from '#shared/experiment.ts';
import type { ProgramPaths } from '#workbench/program-paths.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';

export type Output = {
  write: (text: string) => void;
  /** Whether a person looks at it, so that a line can be drawn over. */
  isTerminal: boolean;
  columns: () => number;
};

export type CommandContext = {
  /** Results. With `--json` exactly one document. */
  stdout: Output;
  /** Progress, warnings and errors. */
  stderr: Output;
  paths: ProgramPaths;
  versions: Environment;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by ctrl-C. */
  interrupted: AbortSignal;
};

/** Options that every command takes. */
export type CommonOptions = { home?: string; json?: boolean };

/** What a command does: prints its result, and gives the exit status where it is not 0. */
export type CommandAction = (about: {
  client: WorkbenchClient;
  context: CommandContext;
  isJson: boolean;
}) => Promise<void | ExitStatus>;

export const exitStatus = { success: 0, failed: 1, wrongUsage: 2, gateNotMet: 3 } as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** Adds a command to the program. One file a command; the registry has one line for each. */
export type AddCommand = (program: Command, run: RunCommand, context: CommandContext) => void;

/** Opens the workbench, does the action and closes it again. `command` is where the common options are read. */
export type RunCommand = (command: Command, action: CommandAction) => Promise<void>;
