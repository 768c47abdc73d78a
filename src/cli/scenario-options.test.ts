import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { ScenarioPlanInput } from '#shared/scenarios/scenario.ts';
import { parseScenarios, type ScenarioOptions, withScenarioOptions } from './scenario-options.ts';

function parse(words: string[], latencyBoundMs?: number): ScenarioPlanInput[] {
  const command = withScenarioOptions(new Command('bench'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(words, { from: 'user' });
  return parseScenarios(command.opts<ScenarioOptions>(), { latencyBoundMs });
}

describe('scenarios on the command line', () => {
  it('are none by themselves', () => {
    expect(parse([])).toEqual([]);
  });

  it('take the bound in milliseconds where they have one', () => {
    expect(parse(['--scenario', 'server,offline'], 20)).toEqual([
      { kind: 'server', latencyBoundMs: 20 },
      { kind: 'offline' },
    ]);
  });

  it('take every setting of their plan, one value where a list is meant too', () => {
    const words = [
      '--scenario',
      'server,offline',
      '--scenario-option',
      'server.instanceCount=2',
      '--scenario-option',
      'server.percentile=0.9',
      '--scenario-option',
      'offline.batchSizes=1,16',
      '--scenario-option',
      'offline.instanceCounts=2',
    ];
    expect(parse(words)).toEqual([
      { kind: 'server', instanceCount: 2, percentile: 0.9 },
      { kind: 'offline', batchSizes: [1, 16], instanceCounts: [2] },
    ]);
  });

  it.each([
    [
      ['--scenario', 'closed'],
      'There is no scenario “closed”; there are single-stream, multi-stream, offline, server.',
    ],
    [['--scenario', 'server', '--scenario-option', 'server.colour=1'], 'There is no setting “server.colour”'],
    [
      ['--scenario', 'server', '--scenario-option', 'server.instanceCount=0'],
      'server.instanceCount is 0, and must be 1 or more',
    ],
    [['--scenario', 'server', '--scenario-option', 'fast'], '“fast” sets nothing of a scenario'],
    [['--scenario', 'server', '--scenario-option', 'offline.batchSizes=2'], 'ask for it with --scenario offline'],
  ])('%j is refused with its reason', (words, message) => {
    expect(() => parse(words)).toThrow(message);
  });
});
