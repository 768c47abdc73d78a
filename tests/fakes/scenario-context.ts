/** What a scenario is given, with an engine that answers by a function; for tests without processes. */
import { caseSettingsSchema } from '../../src/shared/case.ts';
import type { ScenarioBlock } from '../../src/shared/scenarios/scenario.ts';
import type { RequestOptions } from '../../src/workbench/engine-process/engine-process.ts';
import type { ScenarioContext } from '../../src/workbench/experiments/scenarios/scenario-context.ts';
import { defaultSilenceLimits } from '../../src/workbench/experiments/silence-limits.ts';
import type { StoredRun } from '../../src/workbench/store/run-rows.ts';
import { fakeDevice } from './fake-device.ts';

/** @param answer of each request; its engines are told apart by their number */
export function fakeScenarioContext(
  answer: (method: string, params: never, engineNumber: number, options: RequestOptions) => unknown,
  changes: Partial<ScenarioContext> = {},
): { context: ScenarioContext; blocks: ScenarioBlock[]; killedCount: () => number } {
  const blocks: ScenarioBlock[] = [];
  let startedCount = 0;
  let killedCount = 0;
  const start = async () => {
    startedCount += 1;
    const engineNumber = startedCount;
    return {
      pid: undefined,
      request: async (method: string, params: never, options: RequestOptions) =>
        answer(method, params, engineNumber, options),
      kill: async () => void (killedCount += 1),
    };
  };
  const context = {
    engines: { start },
    run: {
      provider: 'node:cpu',
      settings: caseSettingsSchema.parse({}),
      model: { name: 'model', path: 'model.onnx', sizeBytes: 2 ** 20 },
    } as unknown as StoredRun,
    inputs: { kind: 'generated', seed: 1 },
    device: fakeDevice,
    medianMs: 2,
    seed: 1,
    limits: defaultSilenceLimits,
    availableMemory: () => Infinity,
    watch: { start: () => () => null },
    signal: new AbortController().signal,
    onBlock: (block: ScenarioBlock) => void blocks.push(block),
    onProgress: () => {},
    ...changes,
  } as unknown as ScenarioContext;
  return { context, blocks, killedCount: () => killedCount };
}
