import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { nameExcessArguments } from './name-excess-arguments.ts';

function programWithCommands(): Command {
  const program = new Command('whittle').exitOverride();
  const action = (): void => {};
  const runs = program.command('runs').action(action);
  runs.command('show').argument('<id>').action(action);
  runs.command('import').argument('<file>').action(action);
  program.command('report').argument('<ids...>').action(action);
  nameExcessArguments(program);
  return program;
}

describe('what a command does not take', () => {
  test.each([
    [['runs', 'delete'], '“whittle runs” has no command “delete”; there are show, import.'],
    [['runs', 'show', '1', 'two'], '“two” is more than “whittle runs show” takes. “whittle runs show --help” says'],
  ])('%j is named', async (args, message) => {
    await expect(programWithCommands().parseAsync(args, { from: 'user' })).rejects.toThrow(message);
  });

  test.each([[['runs']], [['runs', 'show', '1']], [['report', '1', '2', '3']]])('%j is taken', async (args) => {
    await expect(programWithCommands().parseAsync(args, { from: 'user' })).resolves.toBeDefined();
  });
});
