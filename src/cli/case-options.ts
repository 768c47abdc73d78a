/** The settings of a case as options. */
import { type Command, Option } from 'commander';
import { caseSettingsSchema, type ExperimentPlanInput } from '#shared/case.ts';
import { parseDimension, parseInteger } from './parse-values.ts';

export type SettingsOptions = {
  interOpThreads: number;
  optimization: string;
  parallel?: boolean;
  arena: boolean;
  memoryPattern: boolean;
  dimension?: Record<string, number>;
};

export function withSettingsOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--optimization <level>', 'how far ONNX Runtime rewrites the graph')
        .choices(['disabled', 'basic', 'extended', 'all'])
        .default('all'),
    )
    .option(
      '--inter-op-threads <number>',
      'operators at a time, with --parallel',
      (text) => parseInteger(text, { of: 'threads', min: 0, max: 1024 }),
      1,
    )
    .option('--parallel', 'run independent operators at the same time')
    .option('--no-arena', 'take memory from the system for each tensor, without ONNX Runtime’s arena')
    .option('--no-memory-pattern', 'do not plan memory ahead')
    .option('--dimension <name=size>', 'size of a symbolic dimension; may be given several times', parseDimension);
}

export function parseSettings(options: SettingsOptions): NonNullable<ExperimentPlanInput['settings']> {
  return {
    interOpThreads: options.interOpThreads,
    graphOptimization: caseSettingsSchema.shape.graphOptimization.parse(options.optimization),
    executionMode: options.parallel === true ? 'parallel' : 'sequential',
    cpuArena: options.arena,
    memoryPattern: options.memoryPattern,
    dimensions: options.dimension ?? {},
  };
}
