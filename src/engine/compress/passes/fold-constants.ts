/** Constant folding and clean-up; the model computes the same with fewer nodes. */
import { z } from 'zod';
import { countText } from '#shared/text/number-text.ts';
import { describeBranches } from '../folding/describe-branches.ts';
import { foldConstants } from '../folding/fold-constants.ts';
import { definePass } from '../pass.ts';

export const foldConstantsPass = definePass({
  name: 'fold-constants',
  title: 'Fold constants',
  summary:
    'Computes once what does not depend on the inputs, and takes out branches that are never taken and nodes that do nothing; the model computes the same.',
  goodFor:
    'Models whose exporter left arithmetic on weights in the graph. Quantizing passes do it by themselves, so that they see those weights.',
  needsCalibration: false,
  settings: z.strictObject({}),
  async apply(model) {
    const { tensorCount, branchCount, nodeCountBefore, nodeCountAfter } = await foldConstants(model);
    return {
      summary: `${countText(tensorCount, 'tensor')} computed in advance; ${nodeCountAfter} nodes instead of ${nodeCountBefore}.`,
      findings: describeBranches(branchCount),
    };
  },
});
