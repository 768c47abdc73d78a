/** Recipes with plain names. */
import type { Preset } from '#shared/recipe.ts';
import { DYNAMIC_OPERATORS } from './passes/quantize-dynamic.ts';

export const presets: readonly Preset[] = [
  {
    id: 'static-int8',
    title: 'Fastest on this CPU',
    summary: 'Weights and activations in int8, with ranges from calibration data.',
    goodFor:
      'CPUs with VNNI or dot products: the fastest there, at a quarter of the size. Needs data like the real one.',
    recipe: {
      version: 1,
      name: 'static-int8',
      passes: [{ pass: 'quantize-static', settings: {} }],
    },
  },
  {
    id: 'half-precision',
    title: 'Safe half precision',
    summary: 'Weights and arithmetic in float16, inputs and outputs as they are.',
    goodFor: 'GPUs, and halving a file with hardly any change of its outputs.',
    recipe: {
      version: 1,
      name: 'half-precision',
      passes: [
        { pass: 'fold-batch-norm', settings: {} },
        { pass: 'float16', settings: {} },
      ],
    },
  },
  {
    id: 'dynamic-int8',
    title: 'Fast without data',
    summary: 'Matrix products in int8 with activations quantized while the model runs; convolutions stay float32.',
    goodFor: 'Transformers on CPUs, without calibration data.',
    recipe: {
      version: 1,
      name: 'dynamic-int8',
      passes: [{ pass: 'quantize-dynamic', settings: {} }],
    },
  },
  {
    id: 'weights-8bit',
    title: 'Hardly any loss (8-bit weights)',
    summary: 'Weights of matrix products in 8 bits, activations in float32: hardly a difference in the outputs.',
    goodFor: 'Transformers that must not lose anything, at a third of their size.',
    recipe: {
      version: 1,
      name: 'weights-8bit',
      passes: [{ pass: 'quantize-weights', settings: { bits: 8 } }],
    },
  },
  {
    id: 'weights-4bit',
    title: '4-bit weights',
    summary: 'Weights of matrix products in 4 bits, rounded so that outputs on calibration data stay as they were.',
    goodFor: 'Transformers that have to be small. Convolutions are left as they are.',
    recipe: {
      version: 1,
      name: 'weights-4bit',
      passes: [{ pass: 'quantize-weights', settings: {} }],
    },
  },
  {
    id: 'smallest',
    title: 'Smallest for transformers',
    summary: 'Weights of matrix products in 4 bits, all others stored in 16; arithmetic stays float32.',
    goodFor:
      'Transformers for which every byte of a download counts. Convolutions stay in 16 bits: “Smallest for convolutional networks” is for those.',
    recipe: {
      version: 1,
      name: 'smallest',
      passes: [
        { pass: 'quantize-weights', settings: {} },
        { pass: 'bfloat16', settings: {} },
      ],
    },
  },
  {
    id: 'static-int4',
    title: 'Smallest for convolutional networks',
    summary:
      'Weights of convolutions and matrix products in 4 bits, rounded so that what each layer gives on calibration data stays as it was.',
    goodFor:
      'Convolutional networks for which every byte of a download counts: little more than half of what int8 takes on disk, and as fast, because ONNX Runtime makes int8 of the weights as it loads. Making them takes several times as long. Needs data like the real one.',
    recipe: {
      version: 1,
      name: 'static-int4',
      passes: [
        {
          pass: 'quantize-static',
          settings: { weightType: 'int4', reconstruction: true, transposedConvolutions: 'int8' },
        },
      ],
    },
  },
  {
    id: 'half-storage',
    title: 'Half the file, same arithmetic',
    summary:
      'Weights stored as bfloat16, which has the range of float32; they become float32 again when the model is loaded.',
    goodFor: 'Halving any file where float16 would overflow, on every provider that has a Cast from bfloat16.',
    recipe: {
      version: 1,
      name: 'half-storage',
      passes: [
        { pass: 'fold-batch-norm', settings: {} },
        { pass: 'bfloat16', settings: {} },
      ],
    },
  },
  {
    id: 'dynamic-int8-all',
    title: 'Smallest without data',
    summary:
      'Weights of matrix products, LSTMs, attention and convolutions in int8. A quarter of the size; convolutions become slower on CPUs.',
    goodFor: 'Where storage or download size counts and time does not.',
    recipe: {
      version: 1,
      name: 'dynamic-int8-all',
      passes: [
        { pass: 'fold-batch-norm', settings: {} },
        { pass: 'quantize-dynamic', settings: { operators: [...DYNAMIC_OPERATORS] } },
      ],
    },
  },
];
