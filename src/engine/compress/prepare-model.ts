/** What a pass asks of a model before it is applied. */
import { AppError } from '#shared/app-error.ts';
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { inlineFunctions } from '../onnx/functions/inline-functions.ts';
import { raiseIrVersion, WEIGHTS_ARE_NO_INPUTS } from '../onnx/raise-ir-version.ts';
import { declareTypes } from './declare-types.ts';
import { describeFunctions } from './describe-functions.ts';
import { ensureOpset } from './ensure-opset.ts';
import { describeBranches } from './folding/describe-branches.ts';
import { foldConstants } from './folding/fold-constants.ts';
import { finding, type Pass } from './pass.ts';

/**
 * Inlines functions, folds constants and raises the opset, as far as the pass asks for it, and declares the types of tensors that it could not tell.
 * @returns what to say about it, and what to call after the pass
 * Errors: `invalid-model` for functions that call themselves; `unsupported` for a model whose opset is too old for the pass and cannot be raised.
 */
export async function prepareModel(
  model: ModelProto,
  pass: Pass,
  settings: Parameters<Pass['apply']>[1],
): Promise<{ findings: Finding[]; finish: () => void }> {
  // Every weight was an input then, and would count as one that may be replaced.
  if (model.irVersion < WEIGHTS_ARE_NO_INPUTS) raiseIrVersion(model);
  const inlined = pass.changesFunctions ? [] : describeFunctions(model, inlineFunctions(model));
  const folded = pass.foldsConstants ? await fold(model) : [];
  const raised = pass.opset ? ensureOpset(model, pass.opset(settings)) : [];
  // A model that does not load is refused after the pass, with its own sentence.
  const finish = await declareTypes(model).catch((error: unknown) => {
    if (error instanceof AppError) return () => {};
    throw error;
  });
  return { findings: [...inlined, ...folded, ...raised], finish };
}

async function fold(model: ModelProto): Promise<Finding[]> {
  try {
    const { tensorCount, branchCount } = await foldConstants(model);
    const folded = `Computed in advance: ${countText(tensorCount, 'tensor')}.`;
    return [
      ...(tensorCount > 0 ? [finding('info', 'constants-folded', folded)] : []),
      ...describeBranches(branchCount),
    ];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [finding('info', 'constants-kept', `Constants were not folded. ${error.message}`)];
  }
}
