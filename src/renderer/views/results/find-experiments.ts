import type { ExperimentSummary } from '#shared/experiment.ts';

type Sought = Pick<ExperimentSummary, 'name' | 'modelNames' | 'providers' | 'deviceName'>;

/** Those in whose name, models, providers or device every one of the words stands; capitals do not matter. */
export function findExperiments<Item extends Sought>(experiments: readonly Item[], text: string): Item[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return experiments.filter(({ name, modelNames, providers, deviceName }) => {
    const known = [name, ...modelNames, ...providers, deviceName].join('\n').toLowerCase();
    return words.every((word) => known.includes(word));
  });
}
