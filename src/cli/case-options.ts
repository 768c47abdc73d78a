/** The settings of the cases of an experiment as options. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  caseSettingsSchema,
  type ExperimentPlanInput,
  experimentPlanSchema,
  type SweptName,
  sweptNames,
} from '#shared/case.ts';
import { refusedText } from '#shared/text/allowed-text.ts';
import { parseProviderOption, type ProviderOptionWord, providerOptionSets } from './provider-options.ts';
import { parseDimension, parseInteger, parseScalar } from './parse-values.ts';

type Sweeps = NonNullable<ExperimentPlanInput['sweeps']>;

export type SettingsOptions = {
  interOpThreads: number;
  optimization: string;
  parallel?: boolean;
  arena: boolean;
  memoryPattern: boolean;
  set?: Sweeps;
  dimension?: Record<string, number>;
  sessionConfig?: Record<string, string>;
  providerOption?: ProviderOptionWord[];
};

export function withSettingsOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--optimization <level>', 'how far ONNX Runtime rewrites the graph')
        .choices(['disabled', 'basic', 'extended', 'layout', 'all'])
        .default('all'),
    )
    .option(
      '--inter-op-threads <number>',
      'operators at a time, with --parallel',
      (text) => parseInteger(text, { of: 'a number of threads', min: 0, max: 1024 }),
      1,
    )
    .option('--parallel', 'run independent operators at the same time')
    .option('--no-arena', 'take memory from the system for each tensor, without ONNX Runtime’s arena')
    .option('--no-memory-pattern', 'do not plan memory ahead')
    .option(
      '--set <name=value>',
      `a setting by its name, over the options above; several values, separated by commas, make cases of their own: ${sweptNames.join(', ')}`,
      parseSweep,
    )
    .option('--dimension <name=size>', 'size of a symbolic dimension; may be given several times', parseDimension)
    .option(
      '--session-config <key=value>',
      'an entry of ONNX Runtime’s session configuration, passed on unchecked; may be given several times',
      parseSessionConfig,
    )
    .option(
      '--provider-option <name=value>',
      'PROVIDER.NAME=VALUE, an option of a provider (“whittle devices --options” lists them); the same one again with another value, or a whole set as PROVIDER=JSON, makes cases of their own',
      parseProviderOption,
    );
}

export function parseSettings(
  options: SettingsOptions,
): Required<Pick<ExperimentPlanInput, 'settings' | 'sweeps' | 'providerOptions'>> {
  const given = options.set ?? {};
  // One value is no sweep.
  const single = sweptNames.filter((name) => given[name]?.length === 1);
  return {
    settings: {
      interOpThreads: options.interOpThreads,
      graphOptimization: caseSettingsSchema.shape.graphOptimization.parse(options.optimization),
      executionMode: options.parallel === true ? 'parallel' : 'sequential',
      cpuArena: options.arena,
      memoryPattern: options.memoryPattern,
      ...Object.fromEntries(single.map((name) => [name, given[name]?.[0]])),
      dimensions: options.dimension ?? {},
      sessionConfig: options.sessionConfig ?? {},
    },
    sweeps: Object.fromEntries(Object.entries(given).filter(([name]) => !single.includes(name as SweptName))),
    providerOptions: providerOptionSets(options.providerOption ?? []),
  };
}

/** `spinning=off,short` */
function parseSweep(text: string, before: Sweeps = {}): Sweeps {
  const { name, value } = splitPair(text, 'no setting; NAME=VALUE such as spinning=off');
  if (!sweptNames.includes(name as SweptName)) {
    throw new InvalidArgumentError(`There is no setting “${name}”; there are ${sweptNames.join(', ')}.`);
  }
  const values = value.split(',').map((part) => parseScalar(part.trim()));
  const parsed = experimentPlanSchema.shape.sweeps.unwrap().safeParse({ [name]: [...new Set(values)] });
  if (parsed.success) return { ...before, ...parsed.data };
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw new InvalidArgumentError(`“${value}” cannot be taken for ${name}.`);
  throw new InvalidArgumentError(`${name} ${refusedText(issue, { [name]: values })}.`);
}

/** `session.disable_prepacking=1` */
function parseSessionConfig(text: string, before: Record<string, string> = {}): Record<string, string> {
  const { name, value } = splitPair(text, 'no session entry; KEY=VALUE such as session.disable_prepacking=1');
  return { ...before, [name]: value };
}

function splitPair(text: string, otherwise: string): { name: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`“${text}” sets ${otherwise} does.`);
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}
