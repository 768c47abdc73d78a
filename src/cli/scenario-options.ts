/** Scenarios as options. What a scenario can be told comes from its schema, so that a new one needs no word here. */
import { type Command, InvalidArgumentError } from 'commander';
import { AppError } from '#shared/app-error.ts';
import {
  type ScenarioKind,
  scenarioKinds,
  type ScenarioPlanInput,
  scenarioPlanSchema,
} from '#shared/scenarios/scenario.ts';
import { refusedText } from '#shared/text/allowed-text.ts';
import { parseScalar } from './parse-values.ts';

type ScenarioSettings = Partial<Record<ScenarioKind, Record<string, unknown>>>;

export type ScenarioOptions = { scenario?: ScenarioKind[]; scenarioOption?: ScenarioSettings };

export function withScenarioOptions(command: Command): Command {
  return command
    .option(
      '--scenario <list>',
      `ways of asking after MLPerf, measured after the rest, separated by commas: ${scenarioKinds.join(', ')}`,
      parseKinds,
    )
    .option(
      '--scenario-option <name=value>',
      `SCENARIO.NAME=VALUE, a setting of a scenario; may be given several times, lists separated by commas, none for what may be left open: ${settingNames().join(', ')}`,
      parseSetting,
    );
}

/** @param about.latencyBoundMs of --latency-bound: the server's too, unless it has one of its own */
export function parseScenarios(
  { scenario = [], scenarioOption = {} }: ScenarioOptions,
  about: { latencyBoundMs: number | undefined },
): ScenarioPlanInput[] {
  const unasked = Object.keys(scenarioOption).find((kind) => !scenario.includes(kind as ScenarioKind));
  if (unasked !== undefined) {
    throw new AppError(
      'wrong-usage',
      `--scenario-option ${unasked}.… says how to measure a scenario: ask for it with --scenario ${unasked}.`,
    );
  }
  return scenario.map((kind) => {
    const bound =
      kind === 'server' && about.latencyBoundMs !== undefined ? { latencyBoundMs: about.latencyBoundMs } : {};
    return { kind, ...bound, ...scenarioOption[kind] };
  });
}

function parseKinds(text: string): ScenarioKind[] {
  return [...new Set(text.split(',').map((part) => parseKind(part.trim())))];
}

function parseKind(text: string): ScenarioKind {
  const kind = scenarioKinds.find((item) => item === text);
  if (kind !== undefined) return kind;
  throw new InvalidArgumentError(`There is no scenario “${text}”; there are ${scenarioKinds.join(', ')}.`);
}

/** `server.instanceCount=2`, `offline.batchSizes=1,4,16` */
function parseSetting(text: string, before: ScenarioSettings = {}): ScenarioSettings {
  const match = /^([a-z-]+)\.(\w+)=(.+)$/.exec(text);
  if (!match) {
    throw new InvalidArgumentError(
      `“${text}” sets nothing of a scenario; SCENARIO.NAME=VALUE such as server.instanceCount=2 does.`,
    );
  }
  const [, kindText, name, valueText] = match as unknown as [string, string, string, string];
  const kind = parseKind(kindText);
  if (!settingNames().includes(`${kind}.${name}`)) {
    throw new InvalidArgumentError(`There is no setting “${kind}.${name}”; there are ${settingNames().join(', ')}.`);
  }
  const values = valueText.split(',').map((part) => parseScalar(part.trim()));
  // One value can be meant as a list of one, and “none” as the lack of a value.
  const meant: unknown[] = valueText === 'none' ? [null] : values.length === 1 ? [values[0], values] : [values];
  const attempts = meant.map((value) => ({ value, parsed: scenarioPlanSchema.safeParse({ kind, [name]: value }) }));
  const accepted = attempts.find(({ parsed }) => parsed.success);
  if (accepted) return { ...before, [kind]: { ...before[kind], [name]: accepted.value } };
  const [issue] = attempts[0]?.parsed.error?.issues ?? [];
  if (issue === undefined) throw new InvalidArgumentError(`“${valueText}” cannot be taken for ${kind}.${name}.`);
  throw new InvalidArgumentError(`${kind}.${name} ${refusedText(issue, { kind, [name]: attempts[0]?.value })}.`);
}

function settingNames(): string[] {
  return scenarioPlanSchema.options.flatMap((option) =>
    Object.keys(option.shape)
      .filter((name) => name !== 'kind')
      .map((name) => `${option.shape.kind.value}.${name}`),
  );
}
