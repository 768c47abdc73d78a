import { describe, expect, test } from 'vitest';
import { exampleExperiment, exampleHash } from '../../tests/fakes/example-content.ts';
import { fakeDevice } from '../../tests/fakes/fake-device.ts';
import { explainSpeed } from './explain-speed.ts';
import { divideTime } from './operator-profile.ts';
import type { Run } from './run.ts';

type Nodes = [operator: string, count: number, msEach: number, provider?: string][];

const { experiment } = exampleExperiment([
  { name: 'net', medianMs: 10, sizeBytes: 4000, correct: 9000 },
  { name: 'small', medianMs: 10, sizeBytes: 1000, correct: 9000 },
]);
const [baselineRun, candidateRun] = experiment.runs as [Run, Run];
const floatNodes: Nodes = [
  ['Conv', 10, 0.8],
  ['MatMul', 2, 0.5],
];

function profiledNodes(nodes: Nodes) {
  return nodes.flatMap(([operator, count, msEach, provider = 'CPUExecutionProvider']) =>
    Array.from({ length: count }, (_, index) => ({
      name: `${operator}_${index}`,
      operator,
      provider,
      profiledMs: msEach,
    })),
  );
}

function profiled(run: Run, nodes: Nodes, medianMs = 10) {
  const profile = { runCount: 5, profiledRunMs: medianMs, nodes: profiledNodes(nodes) };
  return { run, time: divideTime(profile, medianMs) };
}

const vnni = { cpu: { ...fakeDevice.cpu, extensions: ['avx2' as const, 'avx512-vnni' as const] } };
const noVnni = { cpu: { ...fakeDevice.cpu, extensions: ['avx2' as const] } };

function explain(
  nodes: Nodes,
  options: {
    run?: Run;
    device?: typeof vnni | typeof noVnni;
    verdict?: 'faster' | 'slower' | 'indistinguishable';
    medianMs?: number;
  } = {},
) {
  const { run = candidateRun, device = vnni, verdict = 'slower' } = options;
  return explainSpeed(profiled(run, nodes, options.medianMs), {
    baseline: profiled(baselineRun, floatNodes),
    verdict,
    device,
  });
}

/** Two nodes that read their weights from a memory of 12 GB/s, in a run of 10 ms. */
function explainReading(about: {
  rateShare?: number;
  weightShare?: number;
  operator?: string;
  timeShare?: number;
  isMeasured?: boolean;
  verdict?: 'faster' | 'slower';
}) {
  const { rateShare = 1, weightShare = 0.99, operator = 'MatMul', timeShare = 0.9, isMeasured = true } = about;
  const node = (name: string, profiledMs: number) => {
    const touchedBytes = rateShare * 12e6 * profiledMs;
    const bytes = { weightBytes: touchedBytes * weightShare, activationBytes: touchedBytes * (1 - weightShare) };
    return { name, operator, provider: 'CPUExecutionProvider', profiledMs, ...bytes };
  };
  const profile = {
    runCount: 5,
    profiledRunMs: 10,
    nodes: [node('quicker', 3 * timeShare), node('slower', 7 * timeShare)],
    ...(isMeasured ? { memoryBytesPerSecond: 12e9 } : {}),
  };
  return explainSpeed(
    { run: candidateRun, time: divideTime(profile, 10) },
    { baseline: { run: baselineRun, time: null }, verdict: about.verdict ?? 'slower', device: vnni },
  );
}

describe('why a variant is not faster', () => {
  test.each<[string, Nodes, Parameters<typeof explain>[1], string[]]>([
    [
      'convolutions with dynamic quantization',
      [
        ['ConvInteger', 4, 2],
        ['Relu', 4, 0.5],
      ],
      {},
      ['integer-convolution'],
    ],
    [
      'conversions that were not fused',
      [
        ['Conv', 8, 1],
        ['QuantizeLinear', 4, 0.2],
        ['DequantizeLinear', 4, 0.2],
      ],
      {},
      ['unfused-quantization'],
    ],
    [
      'casts around float16',
      [
        ['Conv', 8, 1],
        ['Cast', 16, 0.1],
      ],
      {},
      ['casts'],
    ],
    ['int8 without instructions for it', [['QLinearConv', 8, 1.2]], { device: noVnni }, ['no-int8-instructions']],
    ['int8 with instructions for it', [['QLinearConv', 8, 1.2]], {}, []],
    ['the operators of the original', floatNodes, {}, ['runs-as-before']],
    [
      'a tiny model',
      [
        ['Conv', 3, 0.004],
        ['Add', 4, 0.001],
      ],
      { medianMs: 0.05 },
      ['overhead-bound'],
    ],
    ['nothing that explains it', [['FusedConv', 8, 1.2]], {}, []],
    [
      'a cause too small to matter',
      [
        ['Conv', 8, 1.2],
        ['QuantizeLinear', 1, 0.3],
      ],
      {},
      [],
    ],
    ['a faster variant, whatever runs in it', [['ConvInteger', 4, 2]], { verdict: 'faster' }, []],
    [
      'a variant that is not slower but could be faster',
      [['ConvInteger', 4, 2]],
      { verdict: 'indistinguishable' },
      ['integer-convolution'],
    ],
  ])('%s', (_, nodes, options, kinds) => {
    expect(explain(nodes, options).map(({ kind }) => kind)).toEqual(kinds);
  });

  test('nodes on the CPU of another provider are named', () => {
    const run: Run = { ...candidateRun, provider: 'node:webgpu' };
    const nodes: Nodes = [
      ['Conv', 4, 1, 'WebGpuExecutionProvider'],
      ['Softmax', 2, 1],
      ['MemcpyToHost', 2, 0.5, 'WebGpuExecutionProvider'],
    ];
    const [finding] = explain(nodes, { run });
    expect(finding).toMatchObject({
      kind: 'cpu-fallback',
      evidence: { nodeCount: 4, nodes: ['Softmax_0', 'Softmax_1', 'MemcpyToHost_0', 'MemcpyToHost_1'] },
    });
    expect(finding?.evidence.timeShare).toBeCloseTo(0.3, 10);
    expect(finding?.message).toContain('Softmax, MemcpyToHost');
  });

  const ofTiny = (profiledRunMs: number, medianMs: number, nodeCount: number) => {
    const nodes = profiledNodes([['Add', nodeCount, 0.00407]]);
    const time = divideTime({ runCount: 5, profiledRunMs, nodes }, medianMs);
    const about = { baseline: { run: baselineRun, time: null }, verdict: 'slower' as const, device: vnni };
    return explainSpeed({ run: candidateRun, time }, about);
  };

  test('overhead is told with what the profiler leaves open', () => {
    expect(ofTiny(0.682, 0.6, 100)[0]?.message).toContain(
      'and 40 % (32 % to 46 %) of the time lies outside of all operators',
    );
  });

  test('where that is most of the run, only what is known is said: how little a node takes', () => {
    const [found] = ofTiny(0.682, 0.3, 100);
    expect(found).toMatchObject({ kind: 'overhead-bound', evidence: { timeShare: null, nodeCount: 100 } });
    expect(found?.message).toContain('The 300 µs of a run are 3.00 µs for each of its 100 nodes');
    expect(found?.message).not.toContain('%');
    expect(ofTiny(0.682, 0.3, 59)).toEqual([]);
  });

  test('more threads than cores', () => {
    const run: Run = { ...candidateRun, settings: { ...candidateRun.settings, intraOpThreads: 8 } };
    expect(explain([['FusedConv', 8, 1.2]], { run }).map(({ kind }) => kind)).toEqual(['thread-oversubscription']);
  });

  test('a conversion that only waits for a higher optimisation level is told so', () => {
    const run: Run = { ...candidateRun, settings: { ...candidateRun.settings, graphOptimization: 'basic' } };
    expect(explain([['DequantizeLinear', 4, 1]], { run })[0]?.suggestion).toContain('--optimization all');
  });

  test.each<[string, string[], Parameters<typeof explainReading>[0]]>([
    ['weights read about as fast as memory gives them', ['memory-bound'], {}],
    ['weights read a little slower than that', ['memory-bound'], { rateShare: 0.61 }],
    ['weights read much slower, so that arithmetic counts', [], { rateShare: 0.59 }],
    ['nodes with more activations than weights', [], { weightShare: 0.49 }],
    ['operators that multiply with nothing', [], { operator: 'Gather' }],
    ['too little of the time', [], { timeShare: 0.19 }],
    ['integer products, whose weights are smaller already', ['memory-bound'], { operator: 'MatMulNBits' }],
    ['a memory that was not measured', [], { isMeasured: false }],
    ['a faster variant', [], { verdict: 'faster' }],
  ])('%s', (_, kinds, options) => {
    expect(explainReading(options).map(({ kind }) => kind)).toEqual(kinds);
  });

  test('products that wait for memory are told with how fast they read, and the slowest are named', () => {
    const [found] = explainReading({ rateShare: 0.75, timeShare: 0.4 });
    expect(found?.message).toContain(
      '40 % of the time goes to 2 nodes that read weights, at 9.0 GB/s where memory gave a plain product 12.0 GB/s',
    );
    expect(found?.suggestion).toContain('8 or 4 bits');
    expect(found?.evidence).toMatchObject({ nodeCount: 2, nodes: ['slower', 'quicker'] });
  });

  test('the same file under other conditions is another question', () => {
    const run: Run = { ...candidateRun, model: { ...candidateRun.model, sha256: exampleHash(0) } };
    expect(explain([['ConvInteger', 4, 2]], { run })).toEqual([]);
  });
});
