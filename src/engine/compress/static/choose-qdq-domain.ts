import type { ModelProto } from '../../onnx/ir.ts';
import { opsetOf } from '../../onnx/raise-opset/raise-opset.ts';
import { importDomain } from '../import-domain.ts';
import type { PassOpset } from '../pass.ts';
import type { ActivationType } from './quantize-tensor.ts';

const MICROSOFT = 'com.microsoft';
/** Of QLinearConv, which ONNX Runtime makes of a quantized convolution. */
const LEAST_OPSET = 10;
const OLDEST_OPSET = 13;
const OLDEST_OPSET_WIDE = 21;

export function qdqOpset(type: ActivationType): PassOpset {
  const wanted = oldestOf(type);
  const what = wanted === OLDEST_OPSET ? 'with a scale for each channel' : `of ${type}`;
  return { wanted, least: LEAST_OPSET, why: `QuantizeLinear ${what} came with opset ${wanted}` };
}

function oldestOf(type: ActivationType): number {
  return type === 'uint16' || type === 'int16' ? OLDEST_OPSET_WIDE : OLDEST_OPSET;
}

/**
 * Where QuantizeLinear and DequantizeLinear come from. A model whose opset could not be raised takes the same two operators from ONNX
 * Runtime's own domain, which it then imports.
 */
export function chooseQdqDomain(model: ModelProto, type: ActivationType): { domain: string; isOwn: boolean } {
  if (opsetOf(model.opsetImports) >= oldestOf(type)) return { domain: '', isOwn: true };
  importDomain(model, MICROSOFT);
  return { domain: MICROSOFT, isOwn: false };
}
