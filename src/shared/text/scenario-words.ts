import type { ExperimentPlan } from '../case.ts';
import { scenarioPlanSchema } from '../scenarios/scenario.ts';

/** Words of `whittle bench` that ask for the scenarios of a plan, with the settings that differ from what the command would take. */
export function scenarioWords({
  scenarios,
  latencyBound,
}: Pick<ExperimentPlan, 'scenarios' | 'latencyBound'>): string[] {
  if (scenarios.length === 0) return [];
  const settings = scenarios.flatMap((scenario) => {
    const defaults: Record<string, unknown> = scenarioPlanSchema.parse({ kind: scenario.kind });
    // The command gives the server the bound of the calls.
    if (scenario.kind === 'server' && latencyBound !== undefined) defaults['latencyBoundMs'] = latencyBound.ms;
    return Object.entries(scenario).flatMap(([name, value]) =>
      JSON.stringify(value) === JSON.stringify(defaults[name])
        ? []
        : ['--scenario-option', `${scenario.kind}.${name}=${value === null ? 'none' : String(value)}`],
    );
  });
  return ['--scenario', scenarios.map(({ kind }) => kind).join(','), ...settings];
}
