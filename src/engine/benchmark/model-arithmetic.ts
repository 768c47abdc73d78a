import { describeModel } from '../onnx/inspect-model.ts';
import { coarsestArithmetic } from './coarsest-arithmetic.ts';
import type { Arithmetic } from './compare-outputs.ts';

/** Errors: those of `describeModel`. */
export async function arithmeticOf(path: string): Promise<Arithmetic> {
  return coarsestArithmetic(await describeModel(path));
}
