import type { ScenarioPlan } from '#shared/scenarios/scenario.ts';
import type { Scenario } from './scenario-context.ts';

/** The blocks of the run are it: nothing is measured twice. */
export const singleStream: Scenario<Extract<ScenarioPlan, { kind: 'single-stream' }>> = {
  obstacleOf: () => null,
  measure: () => Promise.resolve(),
};
