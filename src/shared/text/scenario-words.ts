import { type ScenarioPlan, scenarioPlanSchema } from '../scenarios/scenario.ts';

/** Words of `whittle bench` that ask for these scenarios, with the settings that differ from the defaults. */
export function scenarioWords(scenarios: readonly ScenarioPlan[]): string[] {
  if (scenarios.length === 0) return [];
  const settings = scenarios.flatMap((scenario) => {
    const defaults: Record<string, unknown> = scenarioPlanSchema.parse({ kind: scenario.kind });
    return Object.entries(scenario).flatMap(([name, value]) =>
      JSON.stringify(value) === JSON.stringify(defaults[name])
        ? []
        : ['--scenario-option', `${scenario.kind}.${name}=${String(value)}`],
    );
  });
  return ['--scenario', scenarios.map(({ kind }) => kind).join(','), ...settings];
}
