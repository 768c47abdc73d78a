/** What every scenario of a case is given. */
import type { Device } from '#shared/device.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { RuntimeInterface } from '#shared/runtime-interface.ts';
import type { ScenarioBlock, ScenarioKind, ScenarioPlan } from '#shared/scenarios/scenario.ts';
import type { EngineHost } from '../../engine-process/engine-host.ts';
import type { BlockWatch } from '../../machine-state/watch-block.ts';
import type { StoredRun } from '../../store/run-rows.ts';
import type { SilenceLimits } from '../silence-limits.ts';

export type ScenarioContext = {
  engines: EngineHost;
  run: StoredRun;
  inputs: InputSource;
  runtimeInterface: RuntimeInterface;
  device: Device;
  /** Of the run's own blocks, milliseconds. */
  medianMs: number;
  seed: number;
  limits: SilenceLimits;
  /** Bytes that new processes may still take. */
  availableMemory: () => number;
  watch: BlockWatch;
  signal: AbortSignal;
  /** Keeps what was measured at once. */
  onBlock: (block: ScenarioBlock) => void;
  /** `fraction` of the scenario, 0..1. */
  onProgress: (fraction: number, message: string) => void;
};

export type Scenario<Plan> = {
  /** Why it is not measured for this run, a sentence; null where it can be tried. */
  obstacleOf: (run: StoredRun) => string | null;
  /** Errors: whatever the engine says. What was measured before is kept. */
  measure: (plan: Plan, context: ScenarioContext) => Promise<void>;
};

export type Scenarios = { [Kind in ScenarioKind]: Scenario<Extract<ScenarioPlan, { kind: Kind }>> };
