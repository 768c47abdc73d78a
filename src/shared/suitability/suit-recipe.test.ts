import { describe, expect, test } from 'vitest';
import type { IsaExtension } from '../device.ts';
import type { JsonObject } from '../json.ts';
import type { Recipe } from '../recipe.ts';
import { rankRecipes, suitRecipe } from './suit-recipe.ts';
import type { SuitabilityFacts } from './suitability.ts';

const recipe = (...passes: (string | [string, JsonObject])[]): Recipe => ({
  version: 1,
  name: 'test',
  passes: passes.map((pass) =>
    typeof pass === 'string' ? { pass, settings: {} } : { pass: pass[0], settings: pass[1] },
  ),
});
const model = (
  operators: Record<string, number>,
  opset = 17,
  bytesByDtype: Record<string, number> = { float32: 1 },
) => ({
  operators,
  opsets: { 'ai.onnx': opset },
  bytesByDtype,
});
const cpu = (...extensions: IsaExtension[]): SuitabilityFacts['cpu'] => ({ architecture: 'x64', extensions });

const vnni = cpu('avx2', 'avx512-vnni');
const facts = (part: Partial<SuitabilityFacts> = {}): SuitabilityFacts => ({
  cpu: vnni,
  usableProviders: ['node:cpu'],
  model: model({ Conv: 20, Gemm: 1 }),
  hasData: true,
  ...part,
});

const fourBits = recipe(['quantize-weights', { bits: 4, method: 'gptq' }]);
const eightBits = recipe(['quantize-weights', { bits: 8, method: 'gptq' }]);
const allDynamic = recipe('fold-batch-norm', ['quantize-dynamic', { operators: ['MatMul', 'Gemm', 'Conv'] }]);
const depthwise = (macsPerDepthwiseOutput: number | null) => ({ ...model({ Conv: 50 }), macsPerDepthwiseOutput });
const transformer = model({ MatMul: 30, Conv: 1 });

describe('on a device', () => {
  test.each([
    [recipe('quantize-static'), facts(), 'recommended', '20 convolutions and 1 matrix product'],
    [recipe('quantize-static'), facts(), 'recommended', 'AVX-512 VNNI'],
    [recipe('quantize-static'), facts({ cpu: cpu('avx2', 'fma') }), 'possible', '7 bits'],
    [recipe('quantize-static'), facts({ cpu: cpu('neon', 'neon-dotprod') }), 'recommended', 'dotprod'],
    [recipe('quantize-static'), facts({ cpu: cpu('neon', 'neon-dotprod', 'neon-i8mm') }), 'recommended', 'i8mm'],
    [recipe('quantize-static'), facts({ cpu: cpu() }), 'possible', 'No instructions for 8-bit integers are known'],
    [recipe('float16'), facts(), 'possible', 'No GPU provider works here'],
    [recipe('float16'), facts({ usableProviders: null }), 'possible', 'It suits GPUs'],
    [recipe('float16'), facts({ usableProviders: ['node:cpu', 'node:cuda'] }), 'recommended', 'CUDA works here'],
    [recipe('float16'), facts({ cpu: cpu('neon', 'neon-fp16') }), 'possible', 'float16 arithmetic'],
    [recipe('quantize-static'), facts({ model: null, hasData: null }), 'recommended', 'VNNI'],
    [fourBits, facts({ model: null, hasData: null }), 'possible', 'transformers'],
  ] as const)('%#: %j', (given, about, level, reason) => {
    expect(suitRecipe(given, about)).toEqual({ level, reason: expect.stringContaining(reason) });
  });
});

describe('for a model', () => {
  test.each([
    [recipe(['quantize-static', { weightType: 'int4' }]), {}, 'possible', 'half as large as int8 does, and no faster'],
    [recipe(['quantize-static', { weightType: 'int4' }]), { hasData: false }, 'possible', 'is no calibration data'],
    [recipe(['quantize-static', { activationType: 'uint16' }]), {}, 'possible', 'in 16 bits are computed in float32'],
    [recipe(['quantize-static', { activationType: 'int8' }]), {}, 'possible', 'int8 for other devices, and uint8'],
    [recipe(['quantize-static', { activationType: 'int8' }]), { cpu: cpu('neon-dotprod') }, 'recommended', 'dotprod'],
    [recipe('quantize-static'), { hasData: false }, 'possible', 'no calibration data'],
    [recipe('quantize-static'), { model: model({ Conv: 5 }, 9) }, 'recommended', '5 convolutions'],
    [recipe('quantize-static'), { model: model({ Conv: 5 }, 6) }, 'unlikely', 'has opset 6, which is too old'],
    [recipe('quantize-static'), { model: model({ Relu: 5 }) }, 'unlikely', 'no convolution or matrix product'],
    [recipe('quantize-static'), { model: model({ LSTM: 2, Gemm: 1 }) }, 'unlikely', 'recurrent layers'],
    [recipe('quantize-dynamic'), { model: transformer }, 'recommended', 'needs no data'],
    [recipe('quantize-dynamic'), {}, 'possible', 'Only 1 matrix product of this model would change'],
    [recipe('quantize-dynamic'), { model: model({ Conv: 3 }) }, 'unlikely', 'no matrix product'],
    [recipe('bfloat16'), {}, 'possible', 'Half the size on disk'],
    [recipe('fold-batch-norm', 'bfloat16'), {}, 'possible', 'Half the size on disk'],
    [recipe('quantize-static'), { model: depthwise(51) }, 'possible', 'int8 may well be slower'],
    [recipe('quantize-static'), { model: depthwise(112) }, 'recommended', '50 convolutions'],
    [recipe('quantize-static'), { model: depthwise(null) }, 'recommended', '50 convolutions'],
    [recipe('fold-batch-norm', 'bfloat16'), { model: depthwise(51) }, 'recommended', 'stays float32'],
    [recipe(['quantize-weights', { bits: 4 }], 'bfloat16'), { model: transformer }, 'recommended', 'shrink the most'],
    [recipe(['quantize-dynamic', { operators: ['LSTM'] }]), { model: model({ LSTM: 2 }) }, 'recommended', 'VNNI'],
    [recipe('quantize-dynamic'), { model: model({ LSTM: 2 }) }, 'recommended', 'VNNI'],
    [recipe('quantize-dynamic'), { model: model({ GRU: 2 }) }, 'unlikely', 'LSTM or attention'],
    [recipe('quantize-dynamic'), { model: model({ 'com.microsoft::Attention': 2 }) }, 'recommended', 'VNNI'],
    [recipe('quantize-dynamic'), { model: model({ LSTM: 1, Conv: 9 }) }, 'possible', 'Only 1 operator of'],
    [fourBits, { model: model({ Gather: 1, GRU: 2 }) }, 'possible', 'only embedding tables would shrink'],
    [allDynamic, {}, 'possible', '20 convolutions would become slower'],
    [fourBits, {}, 'possible', 'this model has 1 of them beside 20 convolutions'],
    [fourBits, { model: model({ Conv: 20 }) }, 'unlikely', 'no matrix products'],
    [fourBits, { model: transformer }, 'recommended', 'shrink the most'],
    [fourBits, { model: transformer, hasData: false }, 'possible', 'no data to round them by'],
    [eightBits, { model: transformer, hasData: false }, 'recommended', 'hardly a difference'],
    [recipe('quantize-static'), { model: model({ QLinearConv: 3, Conv: 1 }) }, 'unlikely', 'quantized already'],
    [recipe('float16'), { model: model({ Conv: 3 }, 17, { float16: 1000, float32: 4 }) }, 'unlikely', 'Hardly any'],
  ] as const)('%#: %j %j', (given, part, level, reason) => {
    expect(suitRecipe(given, facts(part))).toEqual({ level, reason: expect.stringContaining(reason) });
  });

  test('a recipe suits as well as its least suitable pass', () => {
    expect(suitRecipe(recipe('quantize-static', 'float16'), facts()).level).toBe('possible');
    expect(suitRecipe(recipe('fold-batch-norm'), facts()).level).toBe('possible');
  });

  test('the best come first, and equals keep their order', () => {
    const items = [
      { id: 'four', recipe: fourBits },
      { id: 'half', recipe: recipe('float16') },
      { id: 'static', recipe: recipe('quantize-static') },
      { id: 'dynamic', recipe: recipe('quantize-dynamic') },
    ];
    const ranked = rankRecipes(items, facts({ model: model({ Conv: 20 }) }));
    expect(ranked.map(({ id }) => id)).toEqual(['static', 'half', 'four', 'dynamic']);
  });
});
