import { describe, expect, test } from 'vitest';
import { medianInterval } from './median-interval.ts';
import { medianStretch } from './median-stretch.ts';
import { createRandom } from './random.ts';

/** 40 blocks of seven samples with noise of 2 %, at these levels (logarithms). */
function blocksAt(levels: readonly number[], random: () => number): number[][] {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return levels.map((level) => Array.from({ length: 7 }, () => 10 * Math.exp(level + 0.02 * normal())));
}

const drift = Array.from({ length: 40 }, (_, index) => 0.2 * (index / 39 - 0.5));

describe('the stretch of a median', () => {
  test('on a machine that drifts, the interval is a third of that of independent blocks and holds the level of its middle about 95 times in 100', () => {
    const random = createRandom(4);
    const trials = 200;
    let [held, logStretches] = [0, 0];
    for (let trial = 0; trial < trials; trial += 1) {
      const blocks = blocksAt(drift, random);
      const stretch = medianStretch(blocks);
      const interval = medianInterval(blocks, stretch);
      if ((interval?.low as number) <= 10 && 10 <= (interval?.high as number)) held += 1;
      logStretches += Math.log(stretch);
    }
    expect(Math.exp(logStretches / trials)).toBeLessThan(1 / 3);
    // Three standard errors from 93 and 97.
    expect(held / trials).toBeGreaterThan(0.876);
    // As if blocks were independent it were held always.
    expect(held).toBeLessThan(trials);
  });

  test.each([
    ['one sample each', blocksAt(drift, createRandom(5)).map((block) => block.slice(0, 1))],
    ['nothing but equal times', drift.map(() => [3, 3, 3])],
  ])('blocks of %s have one too', (_, blocks) => {
    expect(medianStretch(blocks)).toBeGreaterThanOrEqual(1);
    expect(Number.isFinite(medianStretch(blocks))).toBe(true);
  });
});
