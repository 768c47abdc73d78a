import { Option } from 'commander';
import { resolve } from 'node:path';
import { parseSettings, type SettingsOptions, withSettingsOptions } from '../case-options.ts';
import { type BoundOptions, parseBound, withBoundOptions } from '../bound-options.ts';
import type { AddCommand } from '../command-context.ts';
import { findVariant } from '../find-variant.ts';
import { followExperiment } from '../follow-experiment.ts';
import { printPreflight } from '../print-preflight.ts';
import {
  parseIdle,
  parseIntegers,
  parsePrecision,
  parseProviders,
  parseSeconds,
  parseShortSeconds,
  parseSmallestDifference,
} from '../parse-values.ts';
import { createProgress } from '../progress.ts';
import { withArguments } from '../refused-arguments.ts';
import { reproduce } from '../reproduce.ts';
import { parseScenarios, type ScenarioOptions, withScenarioOptions } from '../scenario-options.ts';
import { AppError } from '#shared/app-error.ts';
import { type ExperimentPlanInput, experimentPlanSchema } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import { type RuntimeInterface, runtimeInterfaceSchema } from '#shared/runtime-interface.ts';
import { parseInteger } from '../parse-values.ts';
import { dataIdOf } from './compress.ts';

type BenchOptions = SettingsOptions &
  BoundOptions &
  ScenarioOptions & {
    provider: ProviderId[];
    threads: number[];
    batch: number[];
    time: number;
    seed?: number;
    reproduce?: string;
    name?: string;
    profile: boolean;
    earlyStop: boolean;
    precision: number;
    smallestDifference: number;
    dryRun?: boolean;
    idle: number[];
    idleRepeats: number;
    sustained?: number;
    compareArena?: boolean;
    interface: RuntimeInterface;
    inputs?: string;
    data?: string;
  };

const defaultInterface = experimentPlanSchema.shape.runtimeInterface.parse(undefined);
const NO_MODELS = 'Missing required argument “models”. Run “whittle bench --help”.';

export const addBench: AddCommand = (program, run) => {
  const command = program
    .command('bench')
    .argument('[models...]', 'ONNX files, or models of the library; the first is the baseline')
    .addOption(
      new Option('--provider <list>', 'providers, separated by commas')
        .argParser(parseProviders)
        .default(['node:cpu'], 'node:cpu'),
    )
    .addOption(
      new Option('--threads <list>', 'threads inside one operator; 0 lets ONNX Runtime choose')
        .argParser((text) => parseIntegers(text, { of: 'a number of threads', min: 0, max: 1024 }))
        .default([0], '0'),
    )
    .addOption(
      new Option('--batch <list>', 'items per run')
        .argParser((text) => parseIntegers(text, { of: 'a batch size', min: 1, max: 65_536 }))
        .default([1], '1'),
    )
    .option('--time <seconds>', 'longest measuring time of the whole experiment', parseSeconds, 20)
    .option('--seed <number>', 'seeds inputs and the order of blocks (default: drawn, and recorded)', (text) =>
      parseInteger(text, { of: 'a seed', min: 0, max: 0xffff_ffff }),
    )
    .option('--reproduce <id>', 'measure an experiment, or the one of a run, again and say whether it repeats')
    .option('--name <name>', 'the name of the experiment')
    .option(
      '--no-early-stop',
      'use all the time, also when every comparison, and every point against a bound, is decided before',
    )
    .option(
      '--precision <percent>',
      'a comparison is decided when its interval is as narrow as ± so many per cent',
      parsePrecision,
      0.5,
    )
    .option(
      '--smallest-difference <percent>',
      'differences below so many per cent are called indistinguishable, however certain',
      parseSmallestDifference,
      1,
    )
    .addOption(
      new Option('--idle <seconds>', 'after measuring, one run after so many seconds of nothing, for each of these')
        .argParser(parseIdle)
        .default([], 'none'),
    )
    .option(
      '--idle-repeats <number>',
      'how often each idle time is repeated',
      (text) => parseInteger(text, { of: 'a number of repeats', min: 1, max: 100 }),
      3,
    )
    .option(
      '--sustained <seconds>',
      'after measuring, so many seconds of runs without a pause, for each case',
      parseShortSeconds,
    )
    .addOption(
      new Option(
        '--interface <name>',
        'how runs are made and timed: c as compiled applications do, where all is on node:cpu; javascript as Node.js does',
      )
        .choices(runtimeInterfaceSchema.options)
        .default(defaultInterface, defaultInterface),
    )
    .option('--compare-arena', 'load each case on node:cpu once more with the other setting of the arena')
    .option(
      '--inputs <file>',
      'a .npz file with an array for each input by its name, or a .npy file (default: generated inputs)',
    )
    .option('--data <dataset>', 'the first items of a dataset, or of a folder with one')
    .option('--no-profile', 'do not find out where nodes ran')
    .option(
      '--dry-run',
      'measure nothing: say of each case what is to be expected, and where ONNX Runtime places its nodes',
    )
    .description('measures models side by side, interleaved, and says which differences are real');
  withSettingsOptions(withScenarioOptions(withBoundOptions(command, { isMeasuring: true })))
    .addHelpText(
      'after',
      '\nExamples:\n  whittle bench model.onnx small.onnx\n  whittle bench model.onnx --provider node:cpu,node:webgpu --threads 1,2 --time 60\n  whittle bench model.onnx small.onnx --batch 1,8 --json > bench.json\n  whittle bench model.onnx --scenario server,offline --latency-bound 20\n  whittle bench --reproduce 3f2a9c11',
    )
    .action((models: string[], options: BenchOptions, self) =>
      run(self, async (about) => {
        const { client, context } = about;
        if (options.reproduce !== undefined) {
          const inputs = placeOf(planInputsOf(options));
          return reproduce(about, { id: options.reproduce, models, inputs, command: self });
        }
        if (models.length === 0) throw new AppError('wrong-usage', NO_MODELS);
        const bound = parseBound(options);
        const scenarios = parseScenarios(options, { latencyBoundMs: options.latencyBound });
        const progress = createProgress(context.stderr);
        const named = new Map<string, string>();
        for (const model of models) {
          progress.report(null, `Reading ${model}`);
          const { id } = await findVariant(client, model, context.interrupted).finally(progress.clear);
          const first = named.get(id);
          if (first === undefined) named.set(id, model);
          else progress.say(`${model} holds the same bytes as ${first}: it is measured once, as one model.`);
        }
        const plan: ExperimentPlanInput = {
          variantIds: [...named.keys()],
          providers: options.provider,
          intraOpThreads: options.threads,
          batchSizes: options.batch,
          ...parseSettings(options),
          ...bound,
          scenarios,
          inputs: planInputsOf(options),
          timeBudgetSeconds: options.time,
          profile: options.profile,
          idleSeconds: options.idle,
          idleRepeats: options.idleRepeats,
          sustainedSeconds: options.sustained ?? 0,
          compareArena: options.compareArena === true,
          runtimeInterface: options.interface,
          stopEarly: options.earlyStop,
          precision: shareOf(options.precision),
          smallestDifference: shareOf(options.smallestDifference),
          ...(options.seed === undefined ? {} : { seed: options.seed }),
          ...(options.name === undefined ? {} : { name: options.name }),
        };
        if (options.dryRun === true) return printPreflight(about, plan);
        const started = await withArguments(client.experiments.start(plan, { signal: context.interrupted }));
        return followExperiment(about, started);
      }),
    );
};

/** 11.54 as 0.1154, and not as what floating point makes of the division. */
function shareOf(percent: number): number {
  return Number((percent / 100).toPrecision(12));
}

function placeOf(inputs: ReturnType<typeof planInputsOf>): string | undefined {
  if (inputs?.kind === 'file') return inputs.path;
  return inputs?.kind === 'dataset' ? inputs.datasetId : undefined;
}

function planInputsOf({ inputs, data }: BenchOptions): ExperimentPlanInput['inputs'] {
  if (inputs !== undefined && data !== undefined) {
    throw new AppError('wrong-usage', 'Inputs come from a file (--inputs) or from a dataset (--data), not from both.');
  }
  if (inputs !== undefined) return { kind: 'file', path: resolve(inputs) };
  return data === undefined ? { kind: 'generated' } : { kind: 'dataset', datasetId: dataIdOf(data) };
}
