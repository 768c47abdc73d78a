/** A newer opset: operators of newer passes and runtimes become possible, and the model computes the same. */
import { z } from 'zod';
import { NEWEST_OPSET, OLDEST_OPSET, raiseOpset } from '../../onnx/raise-opset/raise-opset.ts';
import { definePass } from '../pass.ts';

export const raiseOpsetPass = definePass({
  name: 'raise-opset',
  title: 'Raise the opset',
  summary:
    'Writes the model in a newer opset, so that it computes the same; operators that changed their meaning are rewritten.',
  goodFor:
    'Old files, for runtimes and tools that ask for a newer opset. Other passes raise it by themselves as far as they need.',
  needsCalibration: false,
  changesFunctions: true,
  settings: z.strictObject({
    target: z
      .int()
      .min(OLDEST_OPSET)
      .max(NEWEST_OPSET)
      .default(NEWEST_OPSET)
      .describe(
        `The opset to raise to, from ${OLDEST_OPSET} to ${NEWEST_OPSET}. A model that is as new stays as it is.`,
      ),
  }),
  apply(model, { target }) {
    const before = raiseOpset(model, target);
    const summary =
      before >= target ? `The opset is ${before} already.` : `The opset was raised from ${before} to ${target}.`;
    return { summary, findings: [] };
  },
});
