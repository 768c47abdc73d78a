import { AppError } from '#shared/app-error.ts';
import type { Finding } from '#shared/model.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { opsetOf, raiseOpset } from '../onnx/raise-opset/raise-opset.ts';
import { finding, type PassOpset } from './pass.ts';

/**
 * Raises a model to the opset that a pass wants, as far as that is possible.
 * @returns what to say about it
 * Errors: `unsupported` for a model that is older than the least opset and cannot be raised.
 */
export function ensureOpset(model: ModelProto, { wanted, least, why }: PassOpset): Finding[] {
  const opset = opsetOf(model.opsetImports);
  if (opset >= wanted) return [];
  try {
    raiseOpset(model, wanted);
    return [finding('info', 'opset-raised', `The opset was raised from ${opset} to ${wanted}, because ${why}.`)];
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'unsupported') throw error;
    if (opset >= least) return [finding('info', 'opset-kept', `The opset stays ${opset}. ${error.message}`)];
    if (least < wanted) return ensureOpset(model, { wanted: least, least, why });
    throw error;
  }
}
