import type { ModelProto } from '../../onnx/ir.ts';
import { importDomain } from '../import-domain.ts';
import type { ActivationType } from './quantize-tensor.ts';

const MICROSOFT = 'com.microsoft';
/** Scales for each channel came with opset 13, 16-bit integers with 21. */
const OLDEST_OPSET = 13;
const OLDEST_OPSET_WIDE = 21;

/**
 * Where QuantizeLinear and DequantizeLinear come from. Raising a model's opset can change what its other operators mean, so an
 * older model takes the same two operators from ONNX Runtime's own domain, which it then imports.
 */
export function chooseQdqDomain(model: ModelProto, type: ActivationType): { domain: string; isOwn: boolean } {
  const opset = model.opsetImports.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  const isWide = type === 'uint16' || type === 'int16';
  if (opset >= (isWide ? OLDEST_OPSET_WIDE : OLDEST_OPSET)) return { domain: '', isOwn: true };
  importDomain(model, MICROSOFT);
  return { domain: MICROSOFT, isOwn: false };
}
