import { caseSettingsSchema, type ExperimentPlan, sweptNames } from '../case.ts';
import { canonicalJson } from '../json.ts';

/** Words of `whittle bench` for the settings of a plan that differ from the defaults, beside threads and batch sizes. */
export function settingWords({ settings, sweeps, providerOptions }: ExperimentPlan): string[] {
  const defaults = caseSettingsSchema.parse({});
  const words: string[] = [];
  for (const name of sweptNames) {
    const values: readonly unknown[] = sweeps[name] ?? [settings[name]];
    if (values.length > 1 || values[0] !== defaults[name]) words.push('--set', `${name}=${values.join(',')}`);
  }
  for (const [name, size] of Object.entries(settings.dimensions)) words.push('--dimension', `${name}=${size}`);
  for (const [key, value] of Object.entries(settings.sessionConfig)) words.push('--session-config', `${key}=${value}`);
  for (const [provider, sets] of Object.entries(providerOptions)) {
    if (sets.length === 1 && Object.keys(sets[0] ?? {}).length === 0) continue;
    for (const options of sets) words.push('--provider-option', `${provider}=${canonicalJson(options)}`);
  }
  return words;
}
