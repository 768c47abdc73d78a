import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextRate, type Probed } from './search-rate.ts';

const about = { startPerSecond: 50, ceilingPerSecond: 100 };
const probe = (ratePerSecond: number, verdict: Probed['verdict']): Probed => ({ ratePerSecond, verdict });

describe('the next rate', () => {
  it.each<{ what: string; probes: Probed[]; expected: number | null }>([
    { what: 'is the start before anything is known', probes: [], expected: 50 },
    { what: 'lies above one that holds', probes: [probe(50, 'holds')], expected: 57.5 },
    { what: 'never lies above the ceiling', probes: [probe(50, 'holds'), probe(90, 'holds')], expected: 100 },
    { what: 'lies below one that does not hold', probes: [probe(50, 'does-not-hold')], expected: 50 / 1.15 },
    {
      what: 'halves a bracket by its logarithm',
      probes: [probe(40, 'holds'), probe(90, 'does-not-hold')],
      expected: 60,
    },
    { what: 'stays below one that is undecided', probes: [probe(40, 'holds'), probe(62.5, 'undecided')], expected: 50 },
    {
      what: 'is none when the bracket is closed',
      probes: [probe(50, 'holds'), probe(51, 'does-not-hold')],
      expected: null,
    },
    {
      what: 'lies above what is undecided where nothing was seen to fail yet',
      probes: [probe(50, 'holds'), probe(51, 'undecided')],
      expected: 51 * 1.15,
    },
    { what: 'is none when nearly no rate holds', probes: [probe(0.21, 'does-not-hold')], expected: null },
    {
      what: 'takes no notice of one that held above one that did not',
      probes: [probe(40, 'holds'), probe(62.5, 'does-not-hold'), probe(80, 'holds')],
      expected: 50,
    },
  ])('$what', ({ probes, expected }) => {
    const rate = nextRate(probes, about);
    expect(rate?.toFixed(8) ?? null).toBe(expected?.toFixed(8) ?? null);
  });

  it('closes in on the truth, wherever it lies and wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 99, noNaN: true }),
        fc.double({ min: 1, max: 100, noNaN: true }),
        (truth, start) => {
          const probes: Probed[] = [];
          for (let step = 0; step < 60; step += 1) {
            const rate = nextRate(probes, { ...about, startPerSecond: start });
            if (rate === null) break;
            probes.push(probe(rate, rate <= truth ? 'holds' : 'does-not-hold'));
          }
          const held = Math.max(
            ...probes.filter(({ verdict }) => verdict === 'holds').map((item) => item.ratePerSecond),
          );
          expect(truth / held).toBeLessThanOrEqual(1.041);
          expect(probes.length).toBeLessThan(25);
        },
      ),
    );
  });
});
