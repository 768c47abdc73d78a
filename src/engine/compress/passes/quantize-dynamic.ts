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
import { createWeightStore, type StoreWeight } from '../dynamic/create-weight-store.ts';
import { quantizeGraph, type QuantizedNodes } from '../dynamic/quantize-graph.ts';
import { importDomain, MICROSOFT } from '../import-domain.ts';
import { matchNames, NAMES_THAT_STAY } from '../match-nodes.ts';
import { explainNothing } from '../explain-nothing.ts';
import { definePass, finding } from '../pass.ts';
import { foldGemmFactors } from '../simplify/fold-gemm-factors.ts';
import { describeSkipped } from '../skipped.ts';

const OLDEST_OPSET = 11;

export const DYNAMIC_OPERATORS = ['MatMul', 'Gemm', 'LSTM', 'Attention', 'Conv'] as const;

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
      .array(z.enum(DYNAMIC_OPERATORS))
      .min(1)
      .default(DYNAMIC_OPERATORS.filter((name) => name !== 'Conv'))
      .describe(
        'Which operators; Attention is that of com.microsoft, which ONNX Runtime’s transformer fusion makes. Conv becomes ConvInteger, which took ten times as long as float32 on a CPU with VNNI: take it for size only.',
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
    exclude: z.array(z.string().min(1)).default([]).describe(NAMES_THAT_STAY),
  }),
  async apply(model, settings, context) {
    const saturates = settings.reducedRange === 'auto' && saturatesInt8(await context.cpuExtensions());
    const isReduced = settings.reducedRange === 'on' || saturates;
    const isExcluded = matchNames(model, settings.exclude, 'exclude');
    if (settings.operators.includes('Gemm')) foldGemmFactors(model, isExcluded);
    const uniqueName = createNamer(model);
    if (settings.operators.includes('Conv')) {
      const message =
        'convolutions will compute in integers, which took ten times as long as float32 on a CPU with VNNI';
      context.onProgress({ fraction: 0, message });
    }
    const done: QuantizedNodes = { products: [], convolutions: [], lstms: [], attentions: [], skipped: [] };
    const main = model.graph as GraphProto;
    // In the main graph, which comes first.
    let store: StoreWeight | undefined;
    walkScopes(main, (graph, outer) => {
      const editor = editGraph(graph, uniqueName, outer);
      store ??= createWeightStore(editor, { ...settings, isReduced });
      const part = quantizeGraph(editor, { ...settings, isExcluded, isReduced }, store);
      for (const key of ['products', 'convolutions', 'lstms', 'attentions'] as const) done[key].push(...part[key]);
      done.skipped.push(...part.skipped);
      return editor;
    });
    // Weights that only subgraphs read.
    removeUnused(main);
    if (done.lstms.length + done.attentions.length > 0) importDomain(model, MICROSOFT);
    const count = done.products.length + done.convolutions.length + done.lstms.length + done.attentions.length;
    if (count === 0) {
      throw new AppError(
        'unsupported',
        `There is nothing to quantize: the model has no ${settings.operators.join(', ')} with a constant float32 weight of at least ${settings.minimumElements} elements.${explainNothing(model, done.skipped)}`,
      );
    }
    return {
      summary: `${countText(count, 'operator')} quantized, weights in ${settings.weightType} ${settings.perChannel ? 'per channel' : 'per tensor'}${isReduced ? ', 7 bits' : ''}.`,
      findings: describe(done, { saturates }),
    };
  },
});

function describe(
  { products, convolutions, lstms, attentions, skipped }: QuantizedNodes,
  { saturates }: { saturates: boolean },
): Finding[] {
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], kind: string, names: readonly string[], message: string): void => {
    if (names.length > 0) findings.push(finding(severity, kind, message, names));
  };
  const computing = countText(products.length, 'matrix product computes', 'matrix products compute');
  add('info', 'quantized', products, `${computing} in integers.`);
  add(
    'info',
    'lstm-quantized',
    lstms,
    `${countText(lstms.length, 'LSTM')} became DynamicQuantizeLSTM, which ONNX Runtime has for CPUs only.`,
  );
  add(
    'info',
    'attention-quantized',
    attentions,
    `${countText(attentions.length, 'Attention')} became QAttention: queries, keys and values are made in integers.`,
  );
  add(
    'warning',
    'convolution-integer',
    convolutions,
    `${countText(convolutions.length, 'convolution')} became ConvInteger, which ONNX Runtime runs several times slower than a float32 convolution on CPUs (ten times on one with VNNI). Measure before you ship it.`,
  );
  if (saturates) {
    findings.push(
      finding(
        'info',
        'reduced-range',
        'Weights have 7 bits, because this CPU has no VNNI: its 8-bit products would saturate.',
      ),
    );
  }
  return [...findings, ...describeSkipped(skipped, 'operator')];
}
