/** Runs every item through a model, and through its reference beside it, and adds up accuracy and fidelity. */
import type { EngineParams, EngineProgress } from '#shared/engine-protocol.ts';
import { leavesWeights } from './leaves-weights.ts';
import { evaluateItems, type QualityFigures } from './evaluate-items.ts';
import { openItemRunner } from './open-item-runner.ts';
import { openOutputFile } from './open-output-file.ts';
import { openItems } from './open-items.ts';

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
  const isOnCpu = provider === 'node:cpu';
  const opener = (modelPath: string, isMapped: boolean) => () =>
    openItemRunner(modelPath, { provider, settings, items, mapsWeights: isOnCpu, leavesWeights: isMapped });
  return evaluateItems({
    openCandidate: opener(path, false),
    openReference:
      referencePath === null ? null : opener(referencePath, isOnCpu && (await leavesWeights(referencePath))),
    openStore: openOutputFile,
    items,
    onProgress,
  });
}
