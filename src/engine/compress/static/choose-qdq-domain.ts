import type { ModelProto } from '../../onnx/ir.ts';
import { opsetOf } from '../../onnx/raise-opset/raise-opset.ts';
import { importDomain } from '../import-domain.ts';
import type { PassOpset } from '../pass.ts';
import type { ActivationType, WeightType } from './quantize-tensor.ts';

const MICROSOFT = 'com.microsoft';
/** Of QLinearConv, which ONNX Runtime makes of a quantized convolution. */
const LEAST_OPSET = 10;
const OLDEST_OPSET = 13;
/** Of 16 and 4 bits. */
const OLDEST_OPSET_OTHER_BITS = 21;

export type QdqTypes = { activationType: ActivationType; weightType: WeightType };

export function qdqOpset(types: QdqTypes): PassOpset {
  const wanted = oldestOf(types);
  const { activationType, weightType } = types;
  const other = isWide(activationType) ? activationType : weightType;
  const what = wanted === OLDEST_OPSET ? 'with a scale for each channel' : `of ${other}`;
  return { wanted, least: LEAST_OPSET, why: `QuantizeLinear ${what} came with opset ${wanted}` };
}

function oldestOf({ activationType, weightType }: QdqTypes): number {
  return isWide(activationType) || weightType === 'int4' ? OLDEST_OPSET_OTHER_BITS : OLDEST_OPSET;
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
