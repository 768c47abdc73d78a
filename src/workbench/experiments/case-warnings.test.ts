import { describe, expect, test } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import type { Device } from '#shared/device.ts';
import { fakeDevice } from '../../../tests/fakes/fake-device.ts';
import type { ProviderId } from '#shared/provider.ts';
import { warningsOfMachine, warningsOfPlacement, warningsOfRepeat, warningsOfSettings } from './case-warnings.ts';

const device = (changes: { cpu?: Partial<Device['cpu']>; power?: Device['power'] }): Device => ({
  ...fakeDevice,
  cpu: { ...fakeDevice.cpu, ...changes.cpu },
  power: changes.power ?? fakeDevice.power,
});

describe('warnings', () => {
  test.each<[string, Device, number, string[]]>([
    ['a quiet machine on mains', fakeDevice, 0.1, []],
    ['a battery', device({ power: { source: 'battery', batteryPercent: 50 } }), 0, ['on-battery']],
    ['the powersave governor', device({ cpu: { governor: 'powersave' } }), 0, ['powersave-governor']],
    ['other programs', fakeDevice, 0.7, ['busy-machine']],
  ])('of %s', (_, facts, busyCores, kinds) => {
    expect(warningsOfMachine(facts, busyCores).map((warning) => warning.kind)).toEqual(kinds);
  });

  test.each([
    [0, 2, []],
    [2, 2, []],
    [2, 1.5, []],
    [3, 2, ['thread-oversubscription']],
  ])('of %i threads on %d usable cores', (intraOpThreads, usableCores, kinds) => {
    const settings = caseSettingsSchema.parse({ intraOpThreads });
    const warnings = warningsOfSettings(settings, device({ cpu: { usableCores } }));
    expect(warnings.map((warning) => warning.kind)).toEqual(kinds);
  });

  test.each<[ProviderId, number, string[]]>([
    ['node:cpu', 1, []],
    ['node:webgpu', 0.2, []],
    ['node:webgpu', 0.7, ['fell-back-to-cpu']],
  ])('of %s with a share of %d on the CPU', (provider, timeShare, kinds) => {
    const placement = [{ provider: 'CPUExecutionProvider', nodeCount: 12, timeShare }];
    expect(warningsOfPlacement(provider, placement).map((warning) => warning.kind)).toEqual(kinds);
  });

  test('of a fall back to the CPU name the operators', () => {
    const operators = { Gather: 9, Shape: 3 };
    const placement = [{ provider: 'CPUExecutionProvider', nodeCount: 12, timeShare: 0.9, operators }];
    expect(warningsOfPlacement('node:webgpu', placement)[0]?.message).toContain('Gather (9), Shape (3)');
  });

  test('of results that differ each time say how far', () => {
    const same = { isIdentical: true, output: null, maxAbsoluteError: null, relativeError: null };
    expect(warningsOfRepeat('node:webgpu', same)).toEqual([]);
    const [warning] = warningsOfRepeat('node:webgpu', {
      isIdentical: false,
      output: 'logits',
      maxAbsoluteError: 0.00012,
      relativeError: 0.0003,
    });
    expect(warning).toEqual({
      kind: 'non-deterministic',
      message:
        'node:webgpu does not give the same results each time: between two runs on the same inputs “logits” differs by up to 0.00012, which is 0.03 % of its root mean square.',
    });
    const unknown = { isIdentical: false, output: 'boxes', maxAbsoluteError: null, relativeError: null };
    expect(warningsOfRepeat('node:cpu', unknown)[0]?.message).toMatch(/“boxes” differs\.$/);
  });
});
