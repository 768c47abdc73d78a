/** Weights stored as bfloat16; what is computed stays float32. */
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import { countText } from '#shared/text/number-text.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { walkGraph } from '../../onnx/walk-model.ts';
import { storeAsBfloat16 } from '../bfloat16-storage.ts';
import { definePass, finding } from '../pass.ts';
import { describeSkipped, type Skipped } from '../skipped.ts';

/** Of a Cast that knows bfloat16. */
const OLDEST_OPSET = 13;

export const bfloat16 = definePass({
  name: 'bfloat16',
  title: 'bfloat16 storage',
  summary: 'Stores weights in 16 bits with the range of float32 and 8 bits of precision; arithmetic stays float32.',
  goodFor:
    'Half the size on disk and in downloads where float16 would overflow. In memory and in time the model stays what it was: ONNX Runtime makes float32 of it as it loads.',
  needsCalibration: false,
  settings: z.strictObject({
    minimumElements: z
      .int()
      .min(0)
      .max(2 ** 31)
      .default(256)
      .describe('Weights with fewer elements stay float32: they save nothing.'),
  }),
  opset: () => ({ wanted: OLDEST_OPSET, least: OLDEST_OPSET, why: 'its Cast is the first that knows bfloat16' }),
  apply(model, settings, context) {
    const uniqueName = createNamer(model);
    const skipped: Skipped[] = [];
    let count = 0;
    for (const graph of walkGraph(model.graph as GraphProto)) {
      const part = storeAsBfloat16(graph, { ...settings, uniqueName });
      count += part.count;
      skipped.push(...part.skipped);
      context.onProgress({ fraction: null, message: `${countText(count, 'weight')} so far` });
    }
    if (count === 0) {
      throw new AppError(
        'unsupported',
        `There is nothing to convert: the model has no float32 weight of at least ${settings.minimumElements} elements.`,
      );
    }
    return {
      summary: `${countText(count, 'weight')} stored as bfloat16.`,
      findings: [
        finding(
          'info',
          'size-only',
          'The file is smaller; ONNX Runtime makes float32 of it when it loads the model, so memory and time stay what they were.',
        ),
        ...describeSkipped(skipped, 'weight'),
      ],
    };
  },
});
