/** What speaks for and against each pass on a device and a model. A pass without a rule changes nothing about a recipe. */
import type { JsonObject } from '../json.ts';
import { countText } from '../text/number-text.ts';
import { halfProviderOf, integerInstructionOf, isWithoutVnni } from './device-facts.ts';
import { factsOfModel, type ModelFacts } from './model-facts.ts';
import type { Suitability, SuitabilityFacts } from './suitability.ts';

type PassRule = (settings: JsonObject, facts: SuitabilityFacts & { about: ModelFacts | null }) => Suitability | null;

/** The oldest that Whittle raises, which passes do by themselves as far as they need. */
const OLDEST_OPSET = 7;
/** Below, what a pass could shrink is too little to matter. */
const LEAST_FLOAT_SHARE = 0.05;

const recommended = (reason: string): Suitability => ({ level: 'recommended', reason });
const possible = (reason: string): Suitability => ({ level: 'possible', reason });
const unlikely = (reason: string): Suitability => ({ level: 'unlikely', reason });

const passRules: Readonly<Record<string, PassRule>> = {
  'quantize-static': suitStatic,
  'quantize-dynamic': suitDynamic,
  'quantize-weights': suitBlocks,
  float16: suitHalf,
  bfloat16: suitBrainHalf,
};

export function judgePass(pass: string, settings: JsonObject, facts: SuitabilityFacts): Suitability | null {
  const rule = passRules[pass];
  if (rule === undefined) return null;
  const about = facts.model === null ? null : factsOfModel(facts.model);
  return (about && refuseAny(about)) ?? rule(settings, { ...facts, about });
}

function refuseAny({ isQuantized, floatShare, opset }: ModelFacts): Suitability | null {
  if (opset !== null && opset < OLDEST_OPSET) {
    return unlikely(`The model has opset ${opset}, which is too old to be raised; export it anew.`);
  }
  if (isQuantized) return unlikely('This file is quantized already; compress the original instead.');
  if (floatShare >= LEAST_FLOAT_SHARE) return null;
  return unlikely('Hardly any of the weights of this file are in float32, so there is little to make smaller.');
}

/** Types that ONNX Runtime’s CPU provider has no integer kernel for. */
const FLOAT_ARITHMETIC: Readonly<Record<string, string>> = {
  uint16: 'Activations in 16 bits are computed in float32 on CPUs: choose it to study accuracy.',
  int16: 'Activations in 16 bits are computed in float32 on CPUs: choose it to study accuracy.',
};

const FOUR_BITS =
  'Weights in 4 bits make the file about half as large as int8 does, and no faster: more of the outputs change, so choose it for the size.';

const SIGNED_ACTIVATIONS =
  'On x86 CPUs ONNX Runtime leaves many products with int8 activations in float32, such as those beside additions: choose int8 for other devices, and uint8 for this one.';

function suitStatic(settings: JsonObject, { cpu, about, hasData }: Parameters<PassRule>[1]): Suitability {
  if (about) {
    if (about.convolutions + about.matrixProducts === 0) {
      return unlikely('This model has no convolution or matrix product that could compute in integers.');
    }
    if (about.recurrentLayers > about.convolutions + about.matrixProducts) {
      return unlikely('Most of the work of this model is in recurrent layers, which stay in float32.');
    }
  }
  const { activationType, weightType } = settings;
  const reason =
    (typeof activationType === 'string' ? FLOAT_ARITHMETIC[activationType] : undefined) ??
    (activationType === 'int8' && cpu.extensions.includes('avx2') ? SIGNED_ACTIVATIONS : undefined) ??
    (weightType === 'int4' ? FOUR_BITS : undefined);
  if (reason !== undefined) {
    return possible(
      hasData === false
        ? `${reason} There is no calibration data: ranges would come from generated inputs and can be far off.`
        : reason,
    );
  }
  const instruction = integerInstructionOf(cpu);
  if (instruction === null) {
    return possible(
      isWithoutVnni(cpu)
        ? 'This CPU has AVX2 but no VNNI: weights get 7 bits so that nothing saturates, and the gain in speed is small.'
        : 'No instructions for 8-bit integers are known of this CPU: expect a smaller file, not more speed.',
    );
  }
  if (about?.isMostlyDepthwise) {
    return possible(
      'So much of this model are depthwise convolutions, which CPUs compute quickly in float32 and not in integers, that int8 may well be slower: choose it for the size, and measure.',
    );
  }
  if (hasData === false) {
    return possible(
      `This CPU computes 8-bit integers quickly with ${instruction}, but there is no calibration data: ranges would come from generated inputs and can be far off.`,
    );
  }
  return recommended(
    about === null
      ? `This CPU computes 8-bit integers quickly with ${instruction}.`
      : `${productsText(about)} can compute in 8-bit integers, which this CPU does quickly with ${instruction}.`,
  );
}

function suitDynamic(settings: JsonObject, { cpu, about }: Parameters<PassRule>[1]): Suitability {
  const operators = Array.isArray(settings['operators']) ? settings['operators'] : null;
  const takes = (name: string): boolean => (operators === null ? name !== 'Conv' : operators.includes(name));
  const takesConvolutions = takes('Conv');
  if (about) {
    const others =
      about.matrixProducts + (takes('LSTM') ? about.lstms : 0) + (takes('Attention') ? about.attentions : 0);
    if (others === 0 && !(takesConvolutions && about.convolutions > 0)) {
      return unlikely('This model has no matrix product, LSTM or attention with which it could begin.');
    }
    if (takesConvolutions && about.convolutions > 0) {
      return possible(
        `${countText(about.convolutions, 'convolution')} would become slower on CPUs: choose it for the size alone.`,
      );
    }
    if (about.convolutions > others) {
      return possible(
        `Only ${countText(others, about.lstms + about.attentions > 0 ? 'operator' : 'matrix product')} of this model would change; its ${countText(about.convolutions, 'convolution')} stay as they are.`,
      );
    }
  } else if (takesConvolutions) return possible('Convolutions become slower on CPUs: choose it for the size alone.');
  const instruction = integerInstructionOf(cpu);
  return instruction === null
    ? possible('It needs no data, but no fast instructions for 8-bit integers are known of this CPU.')
    : recommended(`It needs no data, and this CPU computes 8-bit integers quickly with ${instruction}.`);
}

function suitBlocks(settings: JsonObject, { about, hasData }: Parameters<PassRule>[1]): Suitability {
  const bits = typeof settings['bits'] === 'number' ? settings['bits'] : 4;
  if (about === null)
    return possible('For models that consist of matrix products and embedding tables, as transformers do.');
  if (about.matrixProducts === 0) {
    if (about.gathers === 0) {
      return unlikely('This model has no matrix products or tables, so weights in blocks do nothing for it.');
    }
    return possible('This model has no matrix products; only embedding tables would shrink, where a Gather reads one.');
  }
  if (about.convolutions > about.matrixProducts) {
    return possible(
      `Only the weights of matrix products and tables shrink, and this model has ${about.matrixProducts} of them beside ${countText(about.convolutions, 'convolution')}.`,
    );
  }
  if (bits < 8 && settings['method'] === 'gptq' && hasData === false) {
    return possible(
      `${countText(about.matrixProducts, 'matrix product')} would shrink, but there is no data to round them by.`,
    );
  }
  return recommended(
    bits >= 8
      ? `The weights of ${countText(about.matrixProducts, 'matrix product')} shrink with hardly a difference in the outputs.`
      : `The weights of ${countText(about.matrixProducts, 'matrix product')} shrink the most this way.`,
  );
}

function suitHalf(_settings: JsonObject, facts: Parameters<PassRule>[1]): Suitability {
  const provider = halfProviderOf(facts);
  if (provider !== null) return recommended(`${provider} works here and computes in float16.`);
  if (facts.cpu.extensions.includes('neon-fp16')) {
    return possible(
      'This CPU has float16 arithmetic, which ONNX Runtime uses for some operators; no GPU provider is known to work here.',
    );
  }
  return possible(
    facts.usableProviders === null
      ? 'It suits GPUs. A CPU converts it back to float32: half the size, not more speed.'
      : 'No GPU provider works here, and the CPU converts it back to float32: half the size, not more speed.',
  );
}

function suitBrainHalf(_settings: JsonObject, { about }: Parameters<PassRule>[1]): Suitability {
  if (about?.isMostlyDepthwise) {
    return recommended(
      'Half the size on disk, and the arithmetic stays float32, in which CPUs compute the many depthwise convolutions of this model the fastest.',
    );
  }
  return possible('Half the size on disk; the weights become float32 again before they are used.');
}

function productsText({ convolutions, matrixProducts }: ModelFacts): string {
  const parts = [
    ...(convolutions > 0 ? [countText(convolutions, 'convolution')] : []),
    ...(matrixProducts > 0 ? [countText(matrixProducts, 'matrix product')] : []),
  ];
  const text = parts.join(' and ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
