/** Runs every item through a model, and through its reference beside it, and adds up accuracy and fidelity. */
import type { EngineParams, EngineProgress } from '#shared/engine-protocol.ts';
import { leavesWeights } from './leaves-weights.ts';
import { evaluateItems, type QualityFigures } from './evaluate-items.ts';
import { openItemRunner } from './open-item-runner.ts';
import { openItems } from './open-items.ts';
import type { ItemRunner } from './run-items.ts';

/**
 * Top-1 and top-5 accuracy with Wilson intervals where there are labels; fidelity and, with labels, McNemar's comparison where
 * there is a reference. Both models run on the same provider with the same settings.
 * Errors: those of loading and running, `unsupported` when data and model do not fit, `invalid-model` for outputs that are
 * not finite; each a sentence.
 */
export async function evaluateQuality(
  params: EngineParams<'quality.evaluate'>,
  onProgress: (progress: EngineProgress) => void,
): Promise<QualityFigures> {
  const { path, referencePath, provider, settings } = params;
  const items = await openItems(params.inputs);
  const open: ItemRunner[] = [];
  try {
    const openRunner = async (modelPath: string, isMapped: boolean): Promise<ItemRunner> => {
      const runner = await openItemRunner(modelPath, { provider, settings, items, leavesWeights: isMapped });
      open.push(runner);
      return runner;
    };
    const candidate = await openRunner(path, false);
    const reference =
      referencePath === null
        ? null
        : await openRunner(referencePath, provider === 'node:cpu' && (await leavesWeights(referencePath)));
    return await evaluateItems({ candidate, reference, items, onProgress });
  } finally {
    for (const runner of open) await runner.close();
  }
}
