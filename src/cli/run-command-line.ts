/** Reads the arguments, runs the command, and says in a sentence what went wrong. */
import { Command, CommanderError } from 'commander';
import type { ErrorData } from '#shared/app-error.ts';
import {
  type CommandContext,
  type CommonOptions,
  type ExitStatus,
  exitStatus,
  type Output,
  type RunCommand,
} from './command-context.ts';
import { commands } from './commands.ts';
import { nameExcessArguments } from './name-excess-arguments.ts';
import { errorDataOf } from './refused-arguments.ts';
import { openWorkbench } from './open-workbench.ts';

export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<ExitStatus> {
  const { stdout, stderr } = context;
  let status: ExitStatus = exitStatus.success;
  let usage = '';
  const program = createProgram(context, (sentence) => {
    usage = sentence;
  });
  const run: RunCommand = async (command, action) => {
    const options = command.optsWithGlobals<CommonOptions>();
    const { client, close } = await openWorkbench(options, context);
    try {
      status = (await action({ client, context, isJson: options.json === true })) ?? exitStatus.success;
    } finally {
      await close();
    }
  };
  for (const addCommand of commands) addCommand(program, run, context);
  nameExcessArguments(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitStatus.success;
      if (args.includes('--json')) printError(stdout, { kind: 'wrong-usage', message: usage });
      return exitStatus.wrongUsage;
    }
    const data = errorDataOf(error);
    stderr.write(`whittle: ${data.message}\n`);
    if (data.kind === 'internal' && context.env['WHITTLE_DEBUG']) stderr.write(`${(error as Error).stack}\n`);
    if (args.includes('--json')) printError(stdout, data);
    return data.kind === 'wrong-usage' ? exitStatus.wrongUsage : exitStatus.failed;
  }
}

function printError(stdout: Output, error: ErrorData): void {
  stdout.write(`${JSON.stringify({ schema: 1, error }, null, 2)}\n`);
}

/** Also in a narrow terminal, and beside long options. */
const NARROWEST_HELP = 24;

function createProgram({ stdout, stderr, versions }: CommandContext, onRefused: (sentence: string) => void): Command {
  const program = new Command('whittle')
    .description('Whittle a model down, and see what every cut costs.')
    .version(versions.whittleVersion, '-V, --version', 'print the version')
    .option('--home <folder>', 'where the library lives (default: WHITTLE_HOME, else the place of the platform)')
    .option('--json', 'print one JSON document instead of text')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: NARROWEST_HELP })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => {
        const sentence = toSentence(text);
        onRefused(sentence);
        write(`whittle: ${sentence}\n`);
      },
    })
    .showHelpAfterError(false)
    .exitOverride();
  program.addHelpText('after', '\nRun “whittle COMMAND --help” for what a command takes, with examples.');
  return program;
}

/** Commander's `error: unknown option '--x'` as a sentence with the way out. */
function toSentence(text: string): string {
  const [first = '', ...rest] = text
    .replace(/^error: /, '')
    .trim()
    .split('\n');
  const message = first
    .replace(
      /^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. Allowed choices are /,
      '$1: “$2” is none of ',
    )
    .replace(/^option '(?:-\w, )?(--[\w-]+)[^']*' argument '.*' is invalid\. /, '$1: ')
    .replace(/^command-argument value '.*' is invalid for argument '(\w+)'\. /, '$1: ')
    .replace(/^required option '(.*?)(?: <[^>]*>)?' not specified$/, 'The option $1 is missing')
    .replace(/^(unknown|missing|too many)/, (word) => word[0]?.toUpperCase() + word.slice(1));
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return [
    sentence,
    ...rest.map((line) => line.replaceAll(/[()]/g, '')),
    'Run “whittle --help” or “whittle COMMAND --help”.',
  ].join(' ');
}
