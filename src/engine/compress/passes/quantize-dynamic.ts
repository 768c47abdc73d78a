/** Dynamic quantization: weights in 8 bits in the file, activations quantized with the range of each input while it runs. */
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph } from '../../onnx/graph-editor.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { removeUnused } from '../../onnx/remove-unused.ts';
import { walkScopes } from '../../onnx/walk-scopes.ts';
import { saturatesInt8 } from '../choose-reduced-range.ts';
import { quantizeGraph, type Skipped } from '../dynamic-quantization.ts';
import { definePass, finding } from '../pass.ts';

const OLDEST_OPSET = 11;

export const quantizeDynamic = definePass({
  name: 'quantize-dynamic',
  title: 'Dynamic quantization (int8)',
  summary: 'Keeps weights in 8 bits and quantizes activations while the model runs; needs no calibration data.',
  goodFor: 'Transformers and other models made of matrix products, on CPUs.',
  foldsConstants: true,
  needsCalibration: false,
  opset: () => ({
    wanted: OLDEST_OPSET,
    least: OLDEST_OPSET,
    why: `DynamicQuantizeLinear came with opset ${OLDEST_OPSET}`,
  }),
  settings: z.strictObject({
    operators: z
      .array(z.enum(['MatMul', 'Gemm', 'Conv']))
      .min(1)
      .default(['MatMul', 'Gemm'])
      .describe(
        'Which operators. Conv becomes ConvInteger, which is several times slower than float32 on CPUs: take it for size only.',
      ),
    weightType: z
      .enum(['int8', 'uint8'])
      .default('int8')
      .describe('int8 is symmetric; uint8 fits ranges that are not.'),
    perChannel: z.boolean().default(true).describe('One scale for each output channel instead of one for a weight.'),
    reducedRange: z
      .enum(['auto', 'on', 'off'])
      .default('auto')
      .describe('Weights in 7 bits. “auto” takes them where this CPU saturates with 8 (x86 without VNNI).'),
    minimumElements: z
      .int()
      .min(0)
      .max(2 ** 31)
      .default(256)
      .describe('Weights with fewer elements stay float32: they save nothing.'),
    exclude: z.array(z.string().min(1)).default([]).describe('Names of nodes that stay float32.'),
  }),
  async apply(model, settings, context) {
    const saturates = settings.reducedRange === 'auto' && saturatesInt8(await context.cpuExtensions());
    const isReduced = settings.reducedRange === 'on' || saturates;
    const uniqueName = createNamer(model);
    const done = { quantized: [] as string[], convolutions: [] as string[], skipped: [] as Skipped[] };
    const main = model.graph as GraphProto;
    walkScopes(main, (graph, outer) => {
      const editor = editGraph(graph, uniqueName, outer);
      const part = quantizeGraph(editor, { ...settings, isReduced });
      done.quantized.push(...part.quantized);
      done.convolutions.push(...part.convolutions);
      done.skipped.push(...part.skipped);
      return editor;
    });
    // Weights that only subgraphs read.
    removeUnused(main);
    const count = done.quantized.length + done.convolutions.length;
    if (count === 0) {
      throw new AppError(
        'unsupported',
        `There is nothing to quantize: the model has no ${settings.operators.join(', ')} with a constant float32 weight of at least ${settings.minimumElements} elements.`,
      );
    }
    return {
      summary: `${countText(count, 'operator')} quantized, weights in ${settings.weightType} ${settings.perChannel ? 'per channel' : 'per tensor'}${isReduced ? ', 7 bits' : ''}.`,
      findings: describe(done, { saturates, isReduced }),
    };
  },
});

function describe(
  done: { quantized: string[]; convolutions: string[]; skipped: Skipped[] },
  about: { saturates: boolean; isReduced: boolean },
): Finding[] {
  const findings: Finding[] = [];
  if (done.quantized.length > 0) {
    findings.push(
      finding(
        'info',
        'quantized',
        `${countText(done.quantized.length, 'matrix product')} compute in integers.`,
        done.quantized,
      ),
    );
  }
  if (done.convolutions.length > 0) {
    findings.push(
      finding(
        'warning',
        'convolution-integer',
        `${countText(done.convolutions.length, 'convolution')} became ConvInteger, which ONNX Runtime runs several times slower than a float32 convolution on CPUs. Measure before you ship it.`,
        done.convolutions,
      ),
    );
  }
  if (about.saturates) {
    findings.push(
      finding(
        'info',
        'reduced-range',
        'Weights have 7 bits, because this CPU has no VNNI: its 8-bit products would saturate.',
      ),
    );
  }
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of done.skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  for (const [reason, names] of reasons) {
    findings.push(
      finding('info', 'skipped', `${countText(names.length, 'operator')} stayed float32: ${reason}.`, names),
    );
  }
  return findings;
}
