/** The coarsest arithmetic that a model's file asks for, by its operators and weights. Pure. */
import type { ModelInspection } from '#shared/model.ts';
import type { Arithmetic } from './compare-outputs.ts';

const QUANTIZED_OPERATOR =
  /^(com\.microsoft::)?(Q(Linear|Gemm|Attention|MoE)|\w*Quantize\w*|\w+Integer\w*|MatMulNBits)/;

export function coarsestArithmetic(model: Pick<ModelInspection, 'operators' | 'bytesByDtype' | 'inputs'>): Arithmetic {
  if (Object.keys(model.operators).some((operator) => QUANTIZED_OPERATOR.test(operator))) return 'int8';
  const dtypes = [...Object.keys(model.bytesByDtype), ...model.inputs.map(({ dtype }) => dtype)];
  return dtypes.some((dtype) => dtype === 'float16' || dtype === 'bfloat16') ? 'float16' : 'float32';
}
