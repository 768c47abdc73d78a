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

type QdqTypes = { activationType: ActivationType };

export function qdqOpset({ activationType }: QdqTypes): PassOpset {
  const wanted = oldestOf({ activationType });
  const what = isWide(activationType) ? `of ${activationType}` : 'with a scale for each channel';
  return { wanted, least: LEAST_OPSET, why: `QuantizeLinear ${what} came with opset ${wanted}` };
}

function oldestOf({ activationType }: QdqTypes): number {
  return isWide(activationType) ? OLDEST_OPSET_WIDE : OLDEST_OPSET;
}

function isWide(type: ActivationType): boolean {
  return type === 'uint16' || type === 'int16';
}

/**
 * Where QuantizeLinear and DequantizeLinear come from. A model whose opset could not be raised takes the same two operators from ONNX
 * Runtime's own domain, which it then imports.
 */
export function chooseQdqDomain(model: ModelProto, types: QdqTypes): { domain: string; isOwn: boolean } {
  if (opsetOf(model.opsetImports) >= oldestOf(types)) return { domain: '', isOwn: true };
  importDomain(model, MICROSOFT);
  return { domain: MICROSOFT, isOwn: false };
}
