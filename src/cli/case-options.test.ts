import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { parseSettings, type SettingsOptions, withSettingsOptions } from './case-options.ts';

function settingsOf(...words: string[]) {
  const command = withSettingsOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(words, { from: 'user' });
  return parseSettings(command.opts<SettingsOptions>());
}

describe('settings on the command line', () => {
  test('one value is a setting, several are a sweep', () => {
    const { settings, sweeps } = settingsOf(
      '--set',
      'spinning=off',
      '--set',
      'graphOptimization=basic,all',
      '--no-arena',
    );
    expect(settings).toMatchObject({ spinning: 'off', cpuArena: false });
    expect(sweeps).toEqual({ graphOptimization: ['basic', 'all'] });
  });

  test('are of the type that the setting has', () => {
    expect(settingsOf('--set', 'interOpThreads=2', '--set', 'memoryPattern=true,false')).toMatchObject({
      settings: { interOpThreads: 2 },
      sweeps: { memoryPattern: [true, false] },
    });
  });

  test('free entries keep everything after the first equals sign', () => {
    expect(settingsOf('--session-config', 'a.b=c=d', '--session-config', 'e=').settings).toMatchObject({
      sessionConfig: { 'a.b': 'c=d', e: '' },
    });
  });

  test('options of a provider multiply, and whole sets stand for themselves', () => {
    const words = [
      'node:webgpu.preferredLayout=NHWC',
      'node:webgpu.preferredLayout=NCHW',
      'node:webgpu.enableRobustness=true',
      'node:cuda={}',
      'node:cuda={"deviceId":1}',
      'web:webnn-cpu.powerPreference=low-power',
    ];
    const { providerOptions } = settingsOf(...words.flatMap((word) => ['--provider-option', word]));
    expect(providerOptions).toEqual({
      'node:webgpu': [
        { preferredLayout: 'NHWC', enableRobustness: true },
        { preferredLayout: 'NCHW', enableRobustness: true },
      ],
      'node:cuda': [{}, { deviceId: 1 }],
      'web:webnn-cpu': [{ powerPreference: 'low-power' }],
    });
  });

  test('lists are written as JSON', () => {
    expect(settingsOf('--provider-option', 'node:webgpu.forceCpuNodeNames=["a","b"]').providerOptions).toEqual({
      'node:webgpu': [{ forceCpuNodeNames: ['a', 'b'] }],
    });
  });

  test.each([
    [['--set', 'speed=1'], /There is no setting “speed”; there are graphOptimization/],
    [['--set', 'spinning=often'], /spinning is "often", and must be one of "short", "off", "default"/],
    [['--set', 'cpuArena'], /“cpuArena” sets no setting; NAME=VALUE/],
    [['--session-config', '=1'], /“=1” sets no session entry/],
    [['--provider-option', 'cuda.deviceId=1'], /“cuda.deviceId=1” sets no option of a provider/],
    [['--provider-option', 'node:tpu.deviceId=1'], /There is no provider “node:tpu”/],
    [['--provider-option', 'node:cuda={'], /“{” is no set of options/],
  ])('%j is refused in words', (words, message) => {
    expect(() => settingsOf(...words)).toThrow(message);
  });
});
