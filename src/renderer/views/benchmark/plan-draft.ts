/** What a user is choosing for an experiment, and the plan that it makes. Pure. */
import { type CaseSettings, caseSettingsSchema, type ExperimentPlanInput, type PlanInputs } from '#shared/case.ts';
import type { JsonObject } from '#shared/json.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { Model, Variant } from '#shared/model.ts';
import type { ProviderOptions } from '#shared/provider-options.ts';
import type { ProviderId, ProviderStatus } from '#shared/provider.ts';
import type { RuntimeInterface } from '#shared/runtime-interface.ts';
import {
  type ScenarioKind,
  scenarioKinds,
  type ScenarioPlanInput,
  scenarioPlanSchema,
} from '#shared/scenarios/scenario.ts';
import { refusedText } from '#shared/text/allowed-text.ts';
import { isWholePath } from '#shared/text/path-text.ts';
import { scenarioTitles } from '#shared/text/scenario-text.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import { labelOf } from '../../components/settings-fields.ts';

export type PlanSettings = Omit<CaseSettings, 'intraOpThreads' | 'batchSize' | 'providerOptions'>;

export type PlanDraft = {
  /** The first is the baseline. */
  variantIds: string[];
  providers: ProviderId[];
  /** As entered: numbers, and `default` for what ONNX Runtime chooses. */
  threads: string[];
  batches: string[];
  timeBudgetSeconds: number | null;
  profile: boolean;
  /** Per cent. */
  smallestDifference: number;
  settings: PlanSettings;
  /** Several values make cases of their own; the settings' own value of the same name is not used. */
  optimizations: CaseSettings['graphOptimization'][];
  spinnings: CaseSettings['spinning'][];
  /** Sets of options of a provider, each a case of its own. */
  providerOptions: Partial<Record<ProviderId, ProviderOptions[]>>;
  /** Entries of the session's configuration as entered: `key=value`. */
  sessionEntries: string[];
  /** Of dimensions that the models leave open; empty where the default is taken. */
  dimensions: Record<string, number | null>;
  /** As entered, seconds; after the blocks, one run after each. */
  idleSeconds: string[];
  /** Of runs without a pause, after the blocks; 0 leaves them out. */
  sustainedSeconds: number;
  compareArena: boolean;
  runtimeInterface: RuntimeInterface;
  /** What results are held against; null for none. */
  latencyBound: LatencyBound | null;
  /** What is set of each scenario that is measured; one that is not named is not. */
  scenarios: Partial<Record<ScenarioKind, JsonObject>>;
  inputs: InputsDraft;
  name: string;
};

/** What is entered of each kind stays while another one is chosen. */
export type InputsDraft = { kind: PlanInputs['kind']; datasetId: string; path: string };

export const DEFAULT_THREADS = 'default';
const DEFAULT_BUDGET_SECONDS = 20;
export const DEFAULT_SMALLEST_DIFFERENCE = 1;
const SMALLEST_DIFFERENCES = { lowest: 0.1, highest: 50 };
/** So many models without variants are compared with one another, when nothing better is there to compare. */
const MOST_ORIGINALS = 3;
const MOST_VARIANTS = 32;
const LARGEST_THREADS = 1024;
const LARGEST_BATCH = 65_536;
const MOST_IDLE_TIMES = 10;

/** @param requestedIds from whoever sent the user here; those that the library does not hold are left out */
export function createDraft(options: {
  models: readonly Model[];
  providers: readonly ProviderStatus[];
  requestedIds: readonly string[];
}): PlanDraft {
  const { models, providers, requestedIds } = options;
  const known = new Set(models.flatMap(({ variants }) => variants.map(({ id }) => id)));
  const requested = [...new Set(requestedIds)].filter((id) => known.has(id));
  const {
    intraOpThreads: _threads,
    batchSize: _batch,
    providerOptions: _options,
    ...settings
  } = caseSettingsSchema.parse({});
  return {
    variantIds: requested.length > 0 ? requested : suggestVariants(models),
    providers: suggestProviders(providers),
    threads: [DEFAULT_THREADS],
    batches: ['1'],
    timeBudgetSeconds: DEFAULT_BUDGET_SECONDS,
    profile: true,
    smallestDifference: DEFAULT_SMALLEST_DIFFERENCE,
    settings,
    optimizations: [settings.graphOptimization],
    spinnings: [settings.spinning],
    providerOptions: {},
    sessionEntries: [],
    dimensions: {},
    idleSeconds: [],
    sustainedSeconds: 0,
    compareArena: false,
    runtimeInterface: 'c',
    latencyBound: null,
    scenarios: {},
    inputs: { kind: 'generated', datasetId: '', path: '' },
    name: '',
  };
}

/** The native ones that work. A browser's are for who ships to browsers, and would take their share of the measuring time. */
function suggestProviders(providers: readonly ProviderStatus[]): PlanDraft['providers'] {
  const usable = providers.filter(({ status }) => status === 'usable').map(({ id }) => id);
  const native = usable.filter((id) => !isWebProvider(id));
  return native.length > 0 ? native : usable;
}

/** The model that was compressed last with all its variants; else the originals of the first few models, of the user's own where there are any. */
export function suggestVariants(models: readonly Model[]): string[] {
  const compressed = models
    .filter(({ variants }) => variants.length > 1)
    .map((model) => ({ model, newestMs: Math.max(...model.variants.map(({ createdAtMs }) => createdAtMs)) }))
    .reduce<{ model: Model; newestMs: number } | null>(
      (best, item) => (best === null || item.newestMs > best.newestMs ? item : best),
      null,
    );
  if (compressed) return compressed.model.variants.slice(0, MOST_VARIANTS).map(({ id }) => id);
  const own = models.filter(({ isSample }) => !isSample);
  return (own.length > 0 ? own : models)
    .slice(0, MOST_ORIGINALS)
    .flatMap(({ variants }) => (variants[0] ? [variants[0].id] : []));
}

export function caseCountOf({ variantIds, providers, providerOptions, ...draft }: PlanDraft): number {
  const conditionCount =
    draft.threads.length * draft.batches.length * draft.optimizations.length * draft.spinnings.length;
  const setCount = providers.reduce((sum, id) => sum + (providerOptions[id]?.length ?? 1), 0);
  return variantIds.length * setCount * conditionCount;
}

/** Why it cannot be started: sentences; none when it can. */
export function findObstacles(draft: PlanDraft): string[] {
  const badThreads = draft.threads.filter((text) => parseThreads(text) === null);
  const badBatches = draft.batches.filter((text) => parseBatch(text) === null);
  return [
    ...(draft.variantIds.length === 0 ? ['Choose at least one model.'] : []),
    ...(draft.variantIds.length > MOST_VARIANTS ? [`Choose at most ${MOST_VARIANTS} models.`] : []),
    ...(draft.providers.length === 0 ? ['Choose at least one provider.'] : []),
    ...(draft.threads.length === 0 ? ['Name at least one number of threads, or “default”.'] : []),
    ...(draft.batches.length === 0 ? ['Name at least one batch size.'] : []),
    ...badThreads.map((text) => `“${text}” is no number of threads: write 1 to ${LARGEST_THREADS}, or “default”.`),
    ...(draft.optimizations.length === 0 ? ['Choose at least one graph optimisation.'] : []),
    ...(draft.spinnings.length === 0 ? ['Choose at least one way in which threads wait.'] : []),
    ...draft.sessionEntries
      .filter((text) => parseEntry(text) === null)
      .map((text) => `“${text}” is no session entry: write KEY=VALUE, such as session.disable_prepacking=1.`),
    ...draft.idleSeconds
      .filter((text) => parseIdle(text) === null)
      .map((text) => `“${text}” is no time of nothing: write seconds from 0.01 to 3600.`),
    ...(draft.idleSeconds.length > MOST_IDLE_TIMES ? [`Name at most ${MOST_IDLE_TIMES} times of nothing.`] : []),
    ...badBatches.map((text) => `“${text}” is no batch size: write a whole number from 1 to ${LARGEST_BATCH}.`),
    ...(draft.timeBudgetSeconds === null || draft.timeBudgetSeconds < 1 || draft.timeBudgetSeconds > 86_400
      ? ['The measuring time must be 1 second to 24 hours.']
      : []),
    ...(draft.smallestDifference >= SMALLEST_DIFFERENCES.lowest &&
    draft.smallestDifference <= SMALLEST_DIFFERENCES.highest
      ? []
      : ['The smallest difference of interest must be 0.1 to 50 per cent.']),
    ...scenariosOf(draft).flatMap(scenarioObstacles),
    ...inputsObstacles(draft.inputs),
  ];
}

/** @param draft without obstacles */
export function toPlan(draft: PlanDraft): ExperimentPlanInput {
  const name = draft.name.trim();
  const dimensions = Object.entries(draft.dimensions).flatMap(([key, size]) => (size === null ? [] : [[key, size]]));
  return {
    ...(name === '' ? {} : { name }),
    variantIds: draft.variantIds,
    providers: draft.providers,
    intraOpThreads: [...new Set(draft.threads.map((text) => parseThreads(text) ?? 0))],
    batchSizes: [...new Set(draft.batches.map((text) => parseBatch(text) ?? 1))],
    settings: {
      ...draft.settings,
      graphOptimization: draft.optimizations[0],
      spinning: draft.spinnings[0],
      dimensions: Object.fromEntries(dimensions) as Record<string, number>,
      sessionConfig: Object.fromEntries(draft.sessionEntries.flatMap((text) => [parseEntry(text) ?? []])),
    },
    sweeps: {
      ...(draft.optimizations.length > 1 ? { graphOptimization: draft.optimizations } : {}),
      ...(draft.spinnings.length > 1 ? { spinning: draft.spinnings } : {}),
    },
    providerOptions: Object.fromEntries(
      Object.entries(draft.providerOptions).filter(([id]) => draft.providers.includes(id as ProviderId)),
    ),
    timeBudgetSeconds: draft.timeBudgetSeconds ?? DEFAULT_BUDGET_SECONDS,
    profile: draft.profile,
    smallestDifference: draft.smallestDifference / 100,
    idleSeconds: draft.idleSeconds.map((text) => parseIdle(text) ?? 0),
    sustainedSeconds: draft.sustainedSeconds,
    compareArena: draft.compareArena,
    runtimeInterface: draft.runtimeInterface,
    ...(draft.latencyBound === null ? {} : { latencyBound: draft.latencyBound }),
    scenarios: scenariosOf(draft) as ScenarioPlanInput[],
    inputs: planInputsOf(draft.inputs),
  };
}

function planInputsOf({ kind, datasetId, path }: InputsDraft): PlanInputs {
  switch (kind) {
    case 'generated':
      return { kind };
    case 'dataset':
      return { kind, datasetId: datasetId.trim() };
    case 'file':
      return { kind, path: path.trim() };
  }
}

function inputsObstacles({ kind, datasetId, path }: InputsDraft): string[] {
  if (kind === 'dataset' && datasetId.trim() === '') return ['Name the folder whose first items are the inputs.'];
  if (kind !== 'file') return [];
  if (path.trim() === '') return ['Choose the file with the inputs.'];
  return isWholePath(path) ? [] : [`“${path.trim()}” is no whole path: write it from the root on.`];
}

/** The bound of the plan is that of the server too, unless it has one of its own. */
export function scenariosOf({ scenarios, latencyBound }: PlanDraft): JsonObject[] {
  return scenarioKinds.flatMap((kind) => {
    const settings = scenarios[kind];
    if (settings === undefined) return [];
    const isBoundTaken = kind === 'server' && latencyBound !== null && (settings['latencyBoundMs'] ?? null) === null;
    return [{ kind, ...settings, ...(isBoundTaken ? { latencyBoundMs: latencyBound.ms } : {}) }];
  });
}

function scenarioObstacles(scenario: JsonObject): string[] {
  const parsed = scenarioPlanSchema.safeParse(scenario);
  if (parsed.success) return [];
  const [issue] = parsed.error.issues;
  if (issue === undefined) return [];
  const title = scenarioTitles[scenario['kind'] as ScenarioKind];
  return [`${title}: “${labelOf(String(issue.path[0] ?? ''))}” ${refusedText(issue, scenario)}.`];
}

/** @returns 0 for what ONNX Runtime chooses; null when it is no number of threads */
export function parseThreads(text: string): number | null {
  return text.trim().toLowerCase() === DEFAULT_THREADS ? 0 : parseWhole(text, 1, LARGEST_THREADS);
}

export function parseBatch(text: string): number | null {
  return parseWhole(text, 1, LARGEST_BATCH);
}

export function parseIdle(text: string): number | null {
  const seconds = Number(text.trim());
  return text.trim() !== '' && seconds >= 0.01 && seconds <= 3600 ? seconds : null;
}

/** @returns the key and everything after the first equals sign; null where there is no key */
function parseEntry(text: string): [key: string, value: string] | null {
  const at = text.indexOf('=');
  return at < 1 ? null : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function parseWhole(text: string, least: number, most: number): number | null {
  const value = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

/** Puts another variant first; the order of the others stays. */
export function withBaseline(variantIds: readonly string[], id: string): string[] {
  return [id, ...variantIds.filter((other) => other !== id)];
}

/** In the order of the library after the baseline, so that the plan does not depend on the order of clicks. */
export function withVariant(
  draft: PlanDraft,
  id: string,
  options: { isChosen: boolean; models: readonly Model[] },
): string[] {
  const [baseline] = draft.variantIds;
  const chosen = new Set(draft.variantIds);
  if (options.isChosen) chosen.add(id);
  else chosen.delete(id);
  const ordered = options.models.flatMap(({ variants }) => variants.filter((variant) => chosen.has(variant.id)));
  const ids = ordered.map((variant) => variant.id);
  return baseline !== undefined && chosen.has(baseline) ? withBaseline(ids, baseline) : ids;
}

/** The dimensions beside the batch that the chosen models leave open, by name. */
export function openDimensions(variants: readonly Variant[]): string[] {
  const names = variants.flatMap(({ inspection }) =>
    inspection.inputs.flatMap(({ name, shape }) =>
      (shape ?? []).flatMap((size, axis) => {
        if (typeof size === 'number' || axis === 0) return [];
        return [size === null || size === '' ? `${name}:${axis}` : size];
      }),
    ),
  );
  return [...new Set(names)].filter((name) => !/batch|^n$|^b$|^bs$/i.test(name));
}
