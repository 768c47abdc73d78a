import type { Command } from 'commander';
import { AppError } from '#shared/app-error.ts';

/**
 * Refuses what a command does not take by its name; Commander only counts it.
 * @param program with all its commands
 */
export function nameExcessArguments(program: Command): void {
  allowExcess(program);
  program.hook('preAction', (_program, command) => {
    const { registeredArguments, args, commands } = command;
    const [first] = registeredArguments.at(-1)?.variadic ? [] : args.slice(registeredArguments.length);
    if (first === undefined) return;
    const name = pathOf(command);
    throw new AppError(
      'wrong-usage',
      registeredArguments.length === 0 && commands.length > 0
        ? `“${name}” has no command “${first}”; there are ${commands.map((each) => each.name()).join(', ')}.`
        : `“${first}” is more than “${name}” takes. “${name} --help” says what it takes.`,
    );
  });
}

function allowExcess(command: Command): void {
  command.allowExcessArguments(true);
  command.commands.forEach(allowExcess);
}

/** `whittle runs show` */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
