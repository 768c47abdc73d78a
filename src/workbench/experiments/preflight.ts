/** Looks at every case of a plan before it is measured: what its file says, and where ONNX Runtime itself places its nodes. */
import { AppError } from '#shared/app-error.ts';
import { type Case, type ExperimentPlan, expandPlan } from '#shared/case.ts';
import type { EngineResult } from '#shared/engine-protocol.ts';
import { canonicalJson } from '#shared/json.ts';
import { estimateSeconds, type Preflight, type PreflightCase, type PreflightFinding } from '#shared/preflight.ts';
import { scenarioSeconds } from '#shared/scenarios/scenario.ts';
import type { Placement } from '#shared/run.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import type { Machine } from '../devices/machine.ts';
import { factsOf } from '../devices/provider-facts.ts';
import type { ProviderCatalog } from '../devices/provider-catalog.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import { findingsOf } from './preflight-findings.ts';

type Dependencies = {
  engines: EngineHost;
  machine: Machine;
  providerCatalog: ProviderCatalog;
  library: ModelLibrary;
  availableMemory: () => number;
};

/** A process beside the model; see run-experiment.ts. */
const ENGINE_OVERHEAD_BYTES = 300 * 2 ** 20;
const BROWSER_OVERHEAD_BYTES = 550 * 2 ** 20;
/** The file's bytes, and weights as kernels want them. */
const WEIGHT_COPIES = 2;
const PLACE_LIMIT_MS = 120_000;
const MOST_REMEMBERED = 500;

type Answer<Value> = { value: Value } | { error: AppError };

export function createPreflight(dependencies: Dependencies) {
  const { engines, machine, providerCatalog, library } = dependencies;
  const remembered = new Map<string, Promise<Answer<unknown>>>();

  /** Files do not change under their hash, so what was found out once stays true until Whittle ends. */
  const remember = <Value>(key: string, ask: () => Promise<Value>): Promise<Answer<Value>> => {
    const known = remembered.get(key) as Promise<Answer<Value>> | undefined;
    if (known) return known;
    const asked = ask().then(
      (value) => ({ value }),
      (error: unknown) => {
        if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
        return { error };
      },
    );
    remembered.set(key, asked);
    asked.catch(() => remembered.delete(key));
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value as string);
    return asked;
  };

  const examine = ({ variantId, provider, settings }: Case): Promise<Answer<EngineResult<'model.examine'>>> => {
    const { batchSize, dimensions } = settings;
    return remember(`examine ${canonicalJson([variantId, provider, batchSize, dimensions])}`, () =>
      // Not `call`, which would send a question about a web provider to a browser.
      engines.start().then(async (engine) => {
        const params = { path: library.getVariant(variantId).path, provider, settings };
        try {
          return await engine.request('model.examine', params, { silenceLimitMs: PLACE_LIMIT_MS });
        } finally {
          await engine.kill();
        }
      }),
    );
  };
  const place = ({ variantId, provider, settings }: Case): Promise<Answer<Placement[]>> =>
    remember(`place ${canonicalJson([variantId, provider, settings])}`, async () => {
      const params = { path: library.getVariant(variantId).path, provider, settings };
      const { placement } = await engines.call('session.place', params, { silenceLimitMs: PLACE_LIMIT_MS });
      return placement;
    });

  /** @param options.isRuntimeAsked makes the session of each native case that its provider can run here */
  return async function preflight(planned: ExperimentPlan, options: { isRuntimeAsked: boolean }): Promise<Preflight> {
    const plan = await providerCatalog.check(planned);
    const device = await machine.device();
    const descriptors = await providerCatalog.list();
    const cases: PreflightCase[] = [];
    for (const item of expandPlan(plan)) {
      const { variantId, provider, settings } = item;
      const about = { variantId, name: library.getVariant(variantId).name, provider, settings };
      const { findObstacle } = factsOf(provider);
      const obstacle = engines.obstacleOf(provider) ?? findObstacle(device);
      const facts = await examine(item);
      if ('error' in facts || obstacle !== null) {
        const message = obstacle ?? (facts as { error: AppError }).error.message;
        cases.push({
          ...about,
          ...judge([{ kind: 'fails', severity: 'fails', message }]),
          placement: null,
          memory: null,
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
        ...findingsOf({ ...about, facts: facts.value, placement, device, descriptors, memory }),
      ];
      cases.push({ ...about, ...judge(findings), placement, memory });
    }
    const about = { timeBudgetSeconds: plan.timeBudgetSeconds, scenarioSeconds: scenarioSeconds(plan.scenarios) };
    return { cases, estimatedSeconds: estimateSeconds({ caseCount: cases.length, ...about }) };
  };
}

/** The session was made here as it would be for measuring: where that fails, measuring fails. */
function findingOfError({ kind, message }: AppError): PreflightFinding {
  // Only the question could not be asked.
  if (kind === 'unsupported' && message.includes('log cannot be read'))
    return { kind: 'not-asked', severity: 'info', message };
  return { kind: 'fails', severity: 'fails', message };
}

function memoryOf(
  { weightsBytes, activationsBytes, method }: EngineResult<'model.examine'>['memory'],
  provider: Case['provider'],
  availableBytes: number,
): NonNullable<PreflightCase['memory']> {
  const overheadBytes = isWebProvider(provider) ? BROWSER_OVERHEAD_BYTES : ENGINE_OVERHEAD_BYTES;
  const neededBytes = WEIGHT_COPIES * weightsBytes + activationsBytes + overheadBytes;
  return { weightsBytes, activationsBytes, method, neededBytes, availableBytes };
}

function judge(findings: PreflightFinding[]): Pick<PreflightCase, 'verdict' | 'findings'> {
  const worst = (['fails', 'warning'] as const).find((verdict) =>
    findings.some(({ severity }) => severity === verdict),
  );
  return { verdict: worst ?? 'ready', findings };
}
