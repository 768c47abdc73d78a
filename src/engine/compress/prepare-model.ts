/** What a pass asks of a model before it is applied. */
import { AppError } from '#shared/app-error.ts';
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { ensureOpset } from './ensure-opset.ts';
import { foldConstants } from './folding/fold-constants.ts';
import { finding, type Pass } from './pass.ts';

/**
 * Folds constants and raises the opset, as far as the pass asks for it.
 * @returns what to say about it
 * Errors: `unsupported` for a model whose opset is too old for the pass and cannot be raised.
 */
export async function prepareModel(
  model: ModelProto,
  pass: Pass,
  settings: Parameters<Pass['apply']>[1],
): Promise<Finding[]> {
  const folded = pass.foldsConstants ? await fold(model) : [];
  const raised = pass.opset ? ensureOpset(model, pass.opset(settings)) : [];
  return [...folded, ...raised];
}

async function fold(model: ModelProto): Promise<Finding[]> {
  try {
    const { tensorCount } = await foldConstants(model);
    if (tensorCount === 0) return [];
    return [finding('info', 'constants-folded', `${countText(tensorCount, 'tensor')} were computed in advance.`)];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [finding('info', 'constants-kept', `Constants were not folded. ${error.message}`)];
  }
}
