/** Looks at every case of a plan before it is measured: what its file says, and where ONNX Runtime itself places its nodes. */
import { stat } from 'node:fs/promises';
import { AppError } from '#shared/app-error.ts';
import { type Case, type ExperimentPlan, expandPlan, type PlanInputs } from '#shared/case.ts';
import type { EngineMethod, EngineParams, EngineResult, InputSource } from '#shared/engine-protocol.ts';
import type { InputForecast } from '#shared/input-forecast.ts';
import { canonicalJson } from '#shared/json.ts';
import { estimateSeconds, type Preflight, type PreflightCase, type PreflightFinding } from '#shared/preflight.ts';
import { coresOf } from '#shared/cores-of.ts';
import type { Placement } from '#shared/run.ts';
import { throwIfCancelled } from '../unless-aborted.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import type { Machine } from '../devices/machine.ts';
import { factsOf } from '../devices/provider-facts.ts';
import type { ProviderCatalog } from '../devices/provider-catalog.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import { processOverheadBytes } from './needed-bytes.ts';
import { inputSourceOf } from './plan-inputs.ts';
import { findingsOf } from './preflight-findings.ts';
import { refuseUnknownDimensions } from './refuse-unknown-dimensions.ts';

type Dependencies = {
  engines: EngineHost;
  machine: Machine;
  providerCatalog: ProviderCatalog;
  library: ModelLibrary;
  datasets: DatasetCatalog;
  availableMemory: () => number;
};

/** The file's bytes, and weights as kernels want them. */
const WEIGHT_COPIES = 2;
const PLACE_LIMIT_MS = 120_000;
const MOST_REMEMBERED = 500;

type Answer<Value> = { value: Value } | { error: AppError };

export function createPreflight(dependencies: Dependencies) {
  const { engines, machine, providerCatalog, library, datasets } = dependencies;
  const remembered = new Map<string, Promise<Answer<unknown>>>();

  /** Files do not change under their hash, so what was found out once stays true until Whittle ends. */
  const remember = <Value>(key: string, ask: () => Promise<Value>): Promise<Answer<Value>> => {
    const known = remembered.get(key) as Promise<Answer<Value>> | undefined;
    if (known) return known;
    const asked = answerOf(ask);
    remembered.set(key, asked);
    asked.catch(() => remembered.delete(key));
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value as string);
    return asked;
  };

  /** Not `call`, which would send a question about a web provider to a browser. */
  const ask = async <Method extends EngineMethod>(
    method: Method,
    params: EngineParams<Method>,
  ): Promise<EngineResult<Method>> => {
    const engine = await engines.start();
    try {
      return await engine.request(method, params, { silenceLimitMs: PLACE_LIMIT_MS });
    } finally {
      await engine.kill();
    }
  };
  const examine = ({ variantId, provider, settings }: Case): Promise<Answer<EngineResult<'model.examine'>>> => {
    const { batchSize, dimensions } = settings;
    return remember(`examine ${canonicalJson([variantId, provider, batchSize, dimensions])}`, () =>
      ask('model.examine', { path: library.getVariant(variantId).path, provider, settings }),
    );
  };
  const foresee = async ({ variantId, settings }: Case, inputs: PlanInputs): Promise<Answer<InputForecast[]>> => {
    const { path, modelId } = library.getVariant(variantId);
    const tiedFamily = library.getModel(modelId).datasetId;
    const found = await answerOf(() => inputSourceOf(inputs, { datasets, tiedFamily, seed: 0 }));
    if ('error' in found) return found;
    const source = found.value;
    const about = [variantId, settings.batchSize, settings.dimensions, source, await versionOf(source)];
    return remember(`foresee ${canonicalJson(about)}`, async () => {
      return (await ask('inputs.foresee', { path, settings, inputs: source })).inputs;
    });
  };
  const place = ({ variantId, provider, settings }: Case): Promise<Answer<Placement[]>> =>
    remember(`place ${canonicalJson([variantId, provider, settings])}`, async () => {
      const params = { path: library.getVariant(variantId).path, provider, settings };
      const { placement } = await engines.call('session.place', params, { silenceLimitMs: PLACE_LIMIT_MS });
      return placement;
    });

  /** @param options.isRuntimeAsked makes the session of each native case that its provider can run here */
  return async function preflight(
    planned: ExperimentPlan,
    options: { isRuntimeAsked: boolean; signal?: AbortSignal | undefined },
  ): Promise<Preflight> {
    const plan = await providerCatalog.check(planned);
    refuseUnknownDimensions(
      plan,
      plan.variantIds.map((id) => library.getVariant(id)),
    );
    const device = await machine.device();
    const descriptors = await providerCatalog.list();
    const cases: PreflightCase[] = [];
    for (const item of expandPlan(plan)) {
      throwIfCancelled(options.signal);
      const { variantId, provider, settings } = item;
      const about = { variantId, name: library.getVariant(variantId).name, provider, settings };
      const { findObstacle } = factsOf(provider);
      const obstacle = engines.obstacleOf(provider) ?? findObstacle(device);
      const facts = await examine(item);
      const foreseen = await foresee(item, plan.inputs);
      const inputs = 'value' in foreseen ? foreseen.value : [];
      if ('error' in facts || obstacle !== null) {
        const message = obstacle ?? (facts as { error: AppError }).error.message;
        cases.push({
          ...about,
          ...judge([fails('fails', message)]),
          placement: null,
          memory: null,
          inputs,
        });
        continue;
      }
      // A browser would take seconds to start for each case; its runs tell their placement themselves.
      const isAsked = options.isRuntimeAsked && !isWebProvider(provider);
      const placed = isAsked ? await place(item) : null;
      const placement = placed !== null && 'value' in placed ? placed.value : null;
      const memory = memoryOf(facts.value.memory, provider, dependencies.availableMemory());
      const findings = [
        ...(placed !== null && 'error' in placed ? [findingOfError(placed.error)] : []),
        ...('error' in foreseen ? [fails('inputs', foreseen.error.message)] : []),
        ...findingsOf({ ...about, facts: facts.value, inputs, placement, device, descriptors, memory }),
      ];
      cases.push({ ...about, ...judge(findings), placement, memory, inputs });
    }
    const estimatedSeconds = estimateSeconds({
      ...plan,
      caseProviders: cases.map(({ provider }) => provider),
      batchCount: plan.batchSizes.length,
      coreCount: coresOf(device),
    });
    return { cases, estimatedSeconds };
  };
}

/** The session was made here as it would be for measuring: where that fails, measuring fails. */
function findingOfError({ kind, message }: AppError): PreflightFinding {
  // Only the question could not be asked.
  if (kind === 'unsupported' && message.includes('log cannot be read'))
    return { kind: 'not-asked', severity: 'info', message };
  return fails('fails', message);
}

function fails(kind: PreflightFinding['kind'], message: string): PreflightFinding {
  return { kind, severity: 'fails', message };
}

async function answerOf<Value>(ask: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
    return { error };
  }
}

/** Changes when the file does: hashing it anew for every change of a plan would take too long. */
async function versionOf(source: InputSource): Promise<string> {
  if (source.kind === 'generated') return '';
  const path = source.kind === 'arrays' ? source.path : source.dataset.inputsPath;
  const found = await stat(path).catch(() => null);
  return found === null ? 'none' : `${found.size} ${found.mtimeMs}`;
}

function memoryOf(
  { weightsBytes, activationsBytes, method }: EngineResult<'model.examine'>['memory'],
  provider: Case['provider'],
  availableBytes: number,
): NonNullable<PreflightCase['memory']> {
  const neededBytes = WEIGHT_COPIES * weightsBytes + activationsBytes + processOverheadBytes(provider);
  return { weightsBytes, activationsBytes, method, neededBytes, availableBytes };
}

function judge(findings: PreflightFinding[]): Pick<PreflightCase, 'verdict' | 'findings'> {
  const worst = (['fails', 'warning'] as const).find((verdict) =>
    findings.some(({ severity }) => severity === verdict),
  );
  return { verdict: worst ?? 'ready', findings };
}
