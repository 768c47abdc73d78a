import { describe, expect, test } from 'vitest';
import { type Layer, mixPrecision } from './mix-precision.ts';

/** Layers whose noise adds up, as shares of the signal. */
function simulate(noises: readonly number[], macs: readonly number[] = noises.map(() => 1)) {
  const layers: Layer[] = noises.map((_, index) => ({
    id: `${index}`,
    name: `layer ${index}`,
    macs: macs[index] as number,
  }));
  let measuredCount = 0;
  return {
    layers,
    countMeasured: () => measuredCount,
    measure: async (kept: ReadonlySet<string>) => {
      measuredCount += 1;
      const noise = noises.reduce((sum, own, index) => sum + (kept.has(`${index}`) ? 0 : own), 0);
      return { sqnrDb: -10 * Math.log10(noise), cosine: 1 - noise / 2 };
    },
  };
}

const target = { leastSqnrDb: 30, leastCosine: 0 };

describe('mixed precision', () => {
  test('keeps nothing where the target is met at once, and measures once', async () => {
    const model = simulate([0.0001, 0.0002]);
    const found = await mixPrecision({ ...model, target, mostFloatShare: 1 });
    expect(found).toMatchObject({ isMet: true, kept: [], floatShare: 0, sensitivities: [] });
    expect(model.countMeasured()).toBe(1);
  });

  test('keeps the one layer that makes the noise, and says what each makes', async () => {
    const model = simulate([0.0001, 0.01, 0.0001, 0.0001]);
    const { isMet, kept, floatShare, sensitivities, after } = await mixPrecision({
      ...model,
      target,
      mostFloatShare: 0.5,
    });
    expect({ isMet, kept: kept.map(({ id }) => id), floatShare }).toEqual({
      isMet: true,
      kept: ['1'],
      floatShare: 0.25,
    });
    expect(sensitivities[0]?.layers[0]?.id).toBe('1');
    expect(sensitivities[0]?.noise.sqnrDb).toBeCloseTo(20, 9);
    expect(after.sqnrDb).toBeCloseTo(-10 * Math.log10(0.0003), 9);
  });

  test('takes the layer with few multiplications of two that are as noisy', async () => {
    const model = simulate([0.0008, 0.0008], [100, 1]);
    const { kept } = await mixPrecision({ ...model, target, mostFloatShare: 1 });
    expect(kept.map(({ id }) => id)).toEqual(['1']);
  });

  test('spends no more multiplications than it may, and says that the target is missed', async () => {
    const model = simulate([0.01, 0.01, 0.01, 0.01]);
    const { isMet, kept, floatShare } = await mixPrecision({ ...model, target, mostFloatShare: 0.5 });
    expect({ isMet, keptCount: kept.length, floatShare }).toEqual({ isMet: false, keptCount: 2, floatShare: 0.5 });
  });

  test('asks for the cosine too', async () => {
    const model = simulate([0.0002, 0.0001]);
    const { kept } = await mixPrecision({
      ...model,
      target: { leastSqnrDb: 0, leastCosine: 0.9999 },
      mostFloatShare: 1,
    });
    expect(kept.map(({ id }) => id)).toEqual(['0']);
  });

  test('finds one bad layer among 300 with a bounded number of measurements', async () => {
    const noises = Array.from({ length: 300 }, (_, index) => (index === 211 ? 0.1 : 1e-7));
    const model = simulate(noises);
    const { isMet, kept } = await mixPrecision({ ...model, target, mostFloatShare: 0.05 });
    expect({ isMet, kept: kept.map(({ id }) => id) }).toEqual({ isMet: true, kept: ['211'] });
    expect(model.countMeasured()).toBeLessThanOrEqual(64 + 1 + 8);
  });
});
