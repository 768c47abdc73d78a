/** Recipes of one pass or two as fast-check draws them: with settings as they are by default, or others that the pass allows. */
import fc from 'fast-check';
import type { JsonObject } from '../../src/shared/json.ts';
import type { Recipe } from '../../src/shared/recipe.ts';
import { RANGE_METHODS } from '../../src/engine/compress/calibration/choose-range.ts';

/** Each setting is given or left out. */
const some = (settings: Record<string, fc.Arbitrary<JsonObject[string]>>): fc.Arbitrary<JsonObject> =>
  fc.record(settings, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;

const minimumElements = fc.constantFrom(0, 16, 256);
const reducedRange = fc.constantFrom('auto', 'on', 'off');

const settingsOf: Readonly<Record<string, fc.Arbitrary<JsonObject>>> = {
  float16: some({
    keepInputsOutputs: fc.boolean(),
    scan: fc.boolean(),
    blockOperators: fc.constant([]),
  }),
  bfloat16: some({ minimumElements }),
  'quantize-static': some({
    calibration: fc.constantFrom(...RANGE_METHODS),
    activationType: fc.constantFrom('uint8', 'uint8', 'int8', 'uint16', 'int16'),
    weightType: fc.constantFrom('int8', 'int8', 'uint8', 'int4'),
    symmetricActivations: fc.boolean(),
    perChannel: fc.boolean(),
    reducedRange,
    carryIntegers: fc.boolean(),
    equalization: fc.constantFrom(0, 0.5, 1),
    balancedRounding: fc.boolean(),
    reconstruction: fc.boolean(),
    biasCorrection: fc.boolean(),
    keepSmall: fc.constantFrom('never', 'where-free', 'always'),
    transposedConvolutions: fc.constantFrom('float32', 'int8'),
    mixedPrecision: fc.constantFrom('off', 'off', 'off', 'auto'),
  }),
  'quantize-dynamic': some({
    operators: fc.constantFrom(['MatMul', 'Gemm', 'LSTM'], ['Conv', 'MatMul', 'Gemm']),
    weightType: fc.constantFrom('int8', 'uint8'),
    perChannel: fc.boolean(),
    reducedRange,
    minimumElements,
  }),
  'quantize-weights': some({
    bits: fc.constantFrom(2, 4, 8),
    headBits: fc.constantFrom(4, 8),
    blockSize: fc.constantFrom(16, 32, 64, 128),
    symmetric: fc.boolean(),
    method: fc.constantFrom('gptq', 'hqq', 'nearest'),
    arithmetic: fc.constantFrom('float32', 'int8'),
    minimumElements,
    // What “hqq” chooses are zero points.
  }).map(({ symmetric = false, ...others }) => ({ ...others, symmetric: symmetric && others['method'] !== 'hqq' })),
  'equalize-channels': some({
    method: fc.constantFrom('activations', 'weights'),
    strength: fc.constantFrom(0, 0.5, 1),
    largestGain: fc.constantFrom(1, 4, 64),
  }),
  'fold-batch-norm': fc.constant({}),
  'fold-constants': fc.constant({}),
  'raise-opset': some({ target: fc.constantFrom(13, 17, 21) }),
};

const NAMES = Object.keys(settingsOf);
const PREPARING = ['equalize-channels', 'fold-batch-norm', 'fold-constants', 'raise-opset'];
const step = (name: string): fc.Arbitrary<Recipe['passes'][number]> =>
  fc.oneof(fc.constant({}), settingsOf[name] as fc.Arbitrary<JsonObject>).map((settings) => ({ pass: name, settings }));

/** Every pass about as often, those with most settings more; a third of them behind one that prepares. */
export const recipes: fc.Arbitrary<Recipe> = fc
  .tuple(
    fc.constantFrom(...NAMES, 'quantize-static', 'quantize-static', 'quantize-static', 'quantize-weights').chain(step),
    fc.option(fc.constantFrom(...PREPARING).chain(step), { freq: 2 }),
  )
  .map(([last, first]) => ({ version: 1, name: 'random', passes: first === null ? [last] : [first, last] }));
