/** Which branches of If nodes the calibration items take. */
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import { AppError } from '#shared/app-error.ts';
import type { ProviderId } from '#shared/provider.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { openCalibrationItems } from '../calibration/open-calibration-items.ts';
import { feedBatches } from '../calibration/feed-batches.ts';
import { refuseRun } from '../calibration/find-shapes.ts';
import { observeWhole } from '../calibration/observe-tensors.ts';
import { openSession } from '../calibration/open-session.ts';

export type Branch = 'then_branch' | 'else_branch';

/**
 * One run of what the conditions depend on for each item, until every condition was seen to be true and to be false.
 * @param conditions names of tensors of one boolean
 * Errors: those of loading and running; `unsupported` where a condition has no value.
 */
export async function findTakenBranches(
  model: ModelProto,
  conditions: ReadonlySet<string>,
  context: { inputs: InputSource; provider: ProviderId; onProgress: (progress: EngineProgress) => void },
): Promise<Map<string, Set<Branch>>> {
  const { inputs, provider, onProgress } = context;
  const items = await openCalibrationItems(inputs, model);
  const taken = new Map([...conditions].map((name) => [name, new Set<Branch>()]));
  const session = await openSession(observeWhole(cloneModel(model), [...conditions]), provider);
  try {
    let doneCount = 0;
    for await (const { feeds, itemCount } of feedBatches(session, items, 1)) {
      const results = await session.run(feeds).catch((error: unknown) => refuseRun(error, provider));
      for (const [name, own] of taken) own.add(branchOf(name, results[name]?.data[0]));
      for (const tensor of Object.values(results)) tensor.dispose();
      doneCount += itemCount;
      onProgress({
        fraction: Math.min(1, doneCount / items.itemCount),
        message: `looking at which branches are taken, ${doneCount} of ${items.itemCount} items`,
      });
      if ([...taken.values()].every(({ size }) => size === 2)) break;
    }
  } finally {
    await session.release();
  }
  return taken;
}

function branchOf(condition: string, value: unknown): Branch {
  if (value === undefined) {
    throw new AppError(
      'unsupported',
      `The condition “${condition}” of an If has no value on a calibration item, so which branch it takes is not known. Give calibration data that fits the model.`,
    );
  }
  return Number(value) === 1 ? 'then_branch' : 'else_branch';
}
