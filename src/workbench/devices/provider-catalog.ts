/** What the engine knows of the options of providers; the catalog is asked for once per start. */
import { AppError } from '#shared/app-error.ts';
import type { ExperimentPlan } from '#shared/case.ts';
import { canonicalJson } from '#shared/json.ts';
import type { ProviderDescriptor, ProviderOptions } from '#shared/provider-options.ts';
import type { ProviderId } from '#shared/provider.ts';
import { refuseEntry } from '#shared/session-entries.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';

export type ProviderCatalog = {
  list: () => Promise<ProviderDescriptor[]>;
  /**
   * The plan with those options only that differ from the defaults, each set once.
   * Errors: `invalid-input`, naming the option, its value and what is allowed; or the session entry that is a setting here.
   */
  check: (plan: ExperimentPlan) => Promise<ExperimentPlan>;
};

export function createProviderCatalog(engines: EngineHost): ProviderCatalog {
  let catalog: Promise<ProviderDescriptor[]> | null = null;
  const read = async (): Promise<ProviderDescriptor[]> => (await engines.call('providers.catalog', {})).providers;
  return {
    list() {
      if (catalog === null) {
        catalog = read();
        // A failure is told to who asked, and the next one who asks tries again.
        catalog.catch(() => (catalog = null));
      }
      return catalog;
    },
    async check(plan) {
      for (const key of Object.keys(plan.settings.sessionConfig)) {
        const refusal = refuseEntry(key);
        if (refusal !== null) throw new AppError('invalid-input', refusal);
      }
      const given = Object.entries(plan.providerOptions) as [ProviderId, ProviderOptions[]][];
      const stray = given.find(([id]) => !plan.providers.includes(id));
      if (stray) {
        throw new AppError(
          'invalid-input',
          `There are options for ${stray[0]}, which the plan does not measure on; it measures on ${plan.providers.join(', ')}.`,
        );
      }
      if (given.length === 0) return plan;
      const sets = given.flatMap(([id, each]) => each.map((options) => ({ id, options })));
      const checked = await engines.call('providers.checkOptions', { sets });
      const providerOptions: ExperimentPlan['providerOptions'] = {};
      for (const [index, { id }] of sets.entries()) {
        const options = checked.sets[index] ?? {};
        const known = (providerOptions[id] ??= []);
        if (!known.some((other) => canonicalJson(other) === canonicalJson(options))) known.push(options);
      }
      return { ...plan, providerOptions };
    },
  };
}
