/** What mixed precision found, in sentences. */
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { finding } from '../pass.ts';
import type { Noise } from './measure-noise.ts';
import type { MixedPrecision } from './mix-precision.ts';

export function describeMixing(mixed: MixedPrecision & { itemCount: number }): Finding[] {
  const { before, after, isMet, kept, floatShare, sensitivities, itemCount } = mixed;
  const on = `on ${countText(itemCount, 'calibration item')}`;
  if (sensitivities.length === 0) {
    return [
      finding('info', 'fidelity-met', `No layer had to stay float32 to be near enough: ${noiseText(before)} ${on}.`),
    ];
  }
  const list = finding(
    'info',
    'sensitivities',
    `Signal to noise of the outputs ${on} when one layer alone is quantized, the most sensitive first.`,
    sensitivities.map(({ layers, noise }) => `${layers.map(({ name }) => name).join(' + ')}: ${dbText(noise)}`),
  );
  const share = `${(100 * floatShare).toFixed(1)} % of the multiplications`;
  const stayed = finding(
    'info',
    'kept-float',
    `${countText(kept.length, 'layer')} with ${share} stayed float32: ${noiseText(after)} ${on} instead of ${noiseText(before)}.`,
    kept.map(({ name }) => name),
  );
  const missed = finding(
    'warning',
    'fidelity-missed',
    `The outputs are not as near as was asked for: ${noiseText(after)}, with ${share} in float32. Allow a larger mostFloatShare, ask for less, or calibrate otherwise.`,
  );
  return [...(kept.length > 0 ? [stayed] : []), ...(isMet ? [] : [missed]), list];
}

function noiseText(noise: Noise): string {
  return `${dbText(noise)} and a cosine of ${noise.cosine.toFixed(5)}`;
}

function dbText({ sqnrDb }: Noise): string {
  return sqnrDb === Infinity ? 'no noise' : `${sqnrDb.toFixed(1)} dB`;
}
