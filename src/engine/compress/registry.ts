/** Every pass, one line each, in the order of the lists that people see. */
import type { Pass } from './pass.ts';
import { bfloat16 } from './passes/bfloat16.ts';
import { equalizeChannelsPass } from './passes/equalize-channels.ts';
import { float16 } from './passes/float16.ts';
import { foldBatchNorm } from './passes/fold-batch-norm.ts';
import { foldConstantsPass } from './passes/fold-constants.ts';
import { quantizeDynamic } from './passes/quantize-dynamic.ts';
import { quantizeStatic } from './passes/quantize-static.ts';
import { quantizeWeights } from './passes/quantize-weights.ts';
import { raiseOpsetPass } from './passes/raise-opset.ts';

export const passes: readonly Pass[] = [
  float16,
  bfloat16,
  quantizeStatic,
  quantizeDynamic,
  quantizeWeights,
  equalizeChannelsPass,
  foldBatchNorm,
  foldConstantsPass,
  raiseOpsetPass,
];
