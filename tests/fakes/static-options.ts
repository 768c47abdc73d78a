/** Options of static quantization for tests, without what runs the model more than once. */
import type { StaticOptions } from '../../src/engine/compress/static/quantize-graph.ts';

export const staticOptions: StaticOptions = {
  operators: ['Conv', 'MatMul', 'Gemm'],
  isExcluded: () => false,
  carries: true,
  method: 'mse',
  percentile: 99.999,
  calibrationProvider: 'node:cpu',
  activationType: 'uint8',
  isSymmetric: false,
  perChannel: true,
  weightType: 'int8',
  weightLimit: 127,
  correctsBias: false,
  balances: true,
  domain: '',
  equalization: 0.5,
  reconstructs: false,
  keepsSmall: 'never',
  mixing: null,
};
