import { describe, expect, test } from 'vitest';
import { alignOperators } from '#shared/align-operators.ts';
import type { SampleBlock } from '#shared/run.ts';
import { summarizeLatency } from '#shared/statistics/summarize-latency.ts';
import { exampleContent, exampleExperiment, exampleHash, threeVersions } from '../../../tests/fakes/example-content.ts';
import { readMarkup, textOf } from './markup-check.ts';
import { msText } from '#shared/text/number-text.ts';
import { renderReport } from './render-report.ts';
import type { ReportContent } from './report-content.ts';

const render = (content: ReportContent): string => renderReport('html', content);

test('the time of each run is divided among its operators, and adds up', () => {
  const text = textOf(render(exampleContent(threeVersions))).replaceAll(' ', '');
  expect(text).toContain('Wherethetimegoes');
  // Of 2 ms: two Conv with 50 and 25 %, one Gemm with 12.5 %.
  expect(text).toContain('Conv21.50075.0%Gemm10.25012.5%outsideofoperators—0.25012.5%');
});

test('a run stands beside its baseline, layer by layer, and node names are text', () => {
  const content = exampleContent(threeVersions);
  const [baseline, candidate] = content.experiments[0]?.runs.map(({ id }) => content.operatorsByRunId?.get(id)) ?? [];
  if (!baseline || !candidate) throw new Error('The example has profiles.');
  const renamed = {
    ...candidate,
    nodes: candidate.nodes.map((node) => ({ ...node, name: node.name.replace('/fc', '<b>') })),
  };
  const runId = content.experiments[0]?.runs[1]?.id ?? '';
  const markup = render({ ...content, alignedByRunId: new Map([[runId, alignOperators(baseline, renamed)]]) });
  const text = textOf(markup).replaceAll(/\s/g, '');
  expect(text).toContain('/a/ConvConv1.000Conv0.500−0.500(2.00×)');
  expect(text).toContain('/fcGemm0.250gone—−0.250');
  expect(text).toContain('<b>added—Gemm0.125+0.125');
  expect(text).toContain('thewholerun2.0001.000−1.000(2.00×)');
  expect(markup).not.toContain('<b>');
});

test('layers that have no counterpart in the baseline are not set beside others', () => {
  const content = exampleContent(threeVersions);
  const [baseline, candidate] = content.experiments[0]?.runs.map(({ id }) => content.operatorsByRunId?.get(id)) ?? [];
  if (!baseline || !candidate) throw new Error('The example has profiles.');
  const renamed = { ...candidate, nodes: candidate.nodes.map((node) => ({ ...node, name: `new${node.name}` })) };
  const runId = content.experiments[0]?.runs[1]?.id ?? '';
  const text = textOf(render({ ...content, alignedByRunId: new Map([[runId, alignOperators(baseline, renamed)]]) }));
  expect(text).toContain('“net.int8”: Its layers cannot be set beside those of its baseline');
  expect(text).not.toContain('beside its baseline, layer by layer');
});

describe('an HTML report', () => {
  const content = exampleContent(threeVersions);
  const markup = render(content);
  const elements = readMarkup(markup);
  const text = textOf(markup);

  test('says of intervals what they hold, of few rounds and of many', () => {
    const ofMany = textOf(render(exampleContent(threeVersions, { rounds: 40 })));
    expect(text).toContain('below it its interval of at least 95 %.');
    expect(text).toContain('2.00× faster (interval of at least 95 %: ');
    expect(text).toContain('Bars are 95 % intervals, those of the latency of at least 95 %.');
    expect(text).toContain('they hold the truth at least 95 times in 100, mostly more often.');
    expect(ofMany).toContain('below it its 95 % interval.');
    expect(ofMany).toContain('2.00× faster (95 % interval ');
    expect(ofMany).toContain('Bars are 95 % intervals.');
    expect(ofMany).not.toContain(
      'allow for the second: they hold the truth at least 95 times in 100, mostly more often. For',
    );
  });

  test('answers the question first, with its evidence', () => {
    expect(text).toContain('Which version should I ship on this machine, and what does it cost me?');
    expect(text).toContain(
      'Ship “net.int8” on node:cpu: 2.00× faster and 75 % smaller compared with “net” on node:cpu; no loss of accuracy was found.',
    );
    expect(text).toContain('Faster at a price: “net.pruned” on node:cpu is 4.00× faster than “net” on node:cpu');
    expect(text.indexOf('Ship “net.int8”')).toBeLessThan(text.indexOf('Results'));
  });

  test('shows every run with the numbers of its data', () => {
    for (const run of content.experiments[0]?.runs ?? []) {
      const { median, ciLow, ciHigh, p95 } = run.latencyMs as NonNullable<typeof run.latencyMs>;
      expect(text).toContain(msText(median));
      expect(text).toContain(`${msText(ciLow)}–${msText(ciHigh)}`);
      expect(text).toContain(msText(p95));
      expect(text).toContain(run.model.sha256);
    }
    expect(text).toContain('92.50 %');
    expect(markup).toContain('75\u00a0% smaller');
    expect(text).toContain('−4.50');
  });

  test('says how it was measured and how to run it again', () => {
    for (const part of [
      'Hodges–Lehmann',
      "Wilson's score interval",
      '662 for p99',
      'Example CPU 9',
      '0123456789abcdef',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain('whittle bench net.onnx net.int8.onnx net.pruned.onnx --provider node:cpu');
    expect(text).toContain('--seed 42');
    expect(text).toContain('"pass": "quantize-dynamic"');
    expect(text).toContain('One layer stayed as it was.');
  });

  test('does not tell where files lay', () => {
    expect(markup).not.toContain('/home/somebody');
  });

  test('has one main heading and no heading that skips a level', () => {
    const levels = elements.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? [Number(name[1])] : []));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) {
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    }
  });

  test('is accessible: headers have a scope, tables and figures a caption, charts a text', () => {
    const count = (name: string): number => elements.filter((element) => element.name === name).length;
    expect(elements.filter(({ name, attributes }) => name === 'th' && attributes['scope'] === undefined)).toEqual([]);
    expect(count('caption')).toBe(count('table'));
    expect(count('figcaption')).toBe(count('figure'));
    expect(count('figure')).toBe(3);
    for (const chart of elements.filter(({ name, attributes }) => name === 'svg' && attributes['role'] === 'img')) {
      const ids = (chart.attributes['aria-labelledby'] ?? '').split(' ');
      expect(ids).toHaveLength(2);
      for (const id of ids) {
        expect(elements.find(({ attributes }) => attributes['id'] === id)?.text).toMatch(/\w/);
      }
    }
    const ids = elements.flatMap(({ attributes }) => attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('needs nothing from anywhere and runs nothing', () => {
    expect(elements.some(({ name }) => ['script', 'link', 'img', 'iframe', 'object', 'base'].includes(name))).toBe(
      false,
    );
    const addresses = elements.flatMap(({ attributes }) => [
      attributes['href'],
      attributes['src'],
      attributes['xlink:href'],
    ]);
    expect(addresses.filter((address) => address !== undefined && !address.startsWith('#'))).toEqual([]);
    expect(
      elements.flatMap(({ attributes }) => Object.keys(attributes)).filter((name) => name.startsWith('on')),
    ).toEqual([]);
    expect(markup).not.toMatch(/url\(|@import/);
  });

  test('draws nothing at a place that is not a number', () => {
    for (const { attributes } of elements) {
      for (const value of Object.values(attributes)) expect(value).not.toMatch(/NaN|Infinity|undefined|\[object/);
    }
    expect(text).not.toMatch(/NaN|Infinity|undefined|\[object|null/);
  });
});

describe('what is not there', () => {
  test('no accuracy: no chart of it, and the answer says that it speaks of speed and size alone', () => {
    const text = textOf(
      render(
        exampleContent([
          { name: 'a', medianMs: 2 },
          { name: 'b', medianMs: 1 },
        ]),
      ),
    );
    expect(text).toContain('Try “b” on node:cpu: 2.00× faster');
    expect(text).toContain('what it costs in accuracy was not measured');
    expect(text).toContain('Neither accuracy nor fidelity was measured');
    expect(text).toContain('There is no chart of latency against accuracy');
  });

  test('no accuracy, but sizes or fidelity: latency is drawn against the best that is known', () => {
    const sizes = textOf(
      render(
        exampleContent([
          { name: 'a', medianMs: 2 },
          { name: 'b', medianMs: 1, sizeBytes: 250_000 },
        ]),
      ),
    );
    expect(sizes).toContain('Latency against size. Neither accuracy nor fidelity is known');
    const labelled = exampleContent(threeVersions);
    const markup = render({ ...labelled, quality: labelled.quality.map((item) => ({ ...item, metrics: {} })) });
    expect(textOf(markup)).toContain('Latency against agreement with the original. Towards the top left is better.');
    expect(textOf(markup)).toContain('Same class as net on fashion-mnist/test (%)');
    expect(textOf(markup)).toContain(
      '#2 net.int8 on node:cpu: 1.000 ms, same class as the original for 99.11 % of 10,000 items.',
    );
    // Three latencies have an interval, and two agreements: the original agrees with itself.
    const bars = readMarkup(markup).filter(({ attributes }) => attributes['class']?.startsWith('error-bar'));
    expect(bars).toHaveLength(5);
  });

  test('a failed run is listed with its reason and shows no times', () => {
    const content = exampleContent([{ name: 'a', medianMs: 2 }, { name: 'b' }]);
    const failed = content.experiments[0]?.runs[1];
    const blocks: SampleBlock[] = [{ blockIndex: 0, round: 0, startedAtMs: 1, samplesMs: [123.456] }];
    if (failed) Object.assign(failed, { latencyMs: summarizeLatency([[123.456]]), sampleCount: 1 });
    const text = textOf(
      render({ ...content, blocksByRunId: new Map([...content.blocksByRunId, [failed?.id ?? '', blocks]]) }),
    );
    expect(text).toContain('What could not be measured');
    expect(text).toContain('The engine died of “b”.');
    expect(text).toMatch(/failed after 1 sample(?!s)/);
    expect(text).not.toContain('123.4');
  });

  test('nothing measured at all', () => {
    const text = textOf(render(exampleContent([{ name: 'a' }, { name: 'b' }])));
    expect(text).toContain('There is no answer: nothing could be measured. The engine died of “a”.');
    expect(text).toContain('No run has times to draw.');
  });

  test('a cancelled experiment shows what it had measured, and recommends nothing', () => {
    const content = exampleContent(
      [
        { name: 'a', medianMs: 2 },
        { name: 'b', medianMs: 1 },
      ],
      { status: 'cancelled', rounds: 3 },
    );
    for (const run of content.experiments[0]?.runs ?? []) run.status = 'cancelled';
    const text = textOf(render(content));
    expect(text).toContain('This experiment was cancelled; what it had measured by then is shown.');
    expect(text).toContain('There is no answer: the experiment was cancelled before a run was complete.');
    expect(text).toContain('cancelled after 60 samples');
    expect(text).not.toContain('Ship');
  });

  test('a single run, a single round, a single sample', () => {
    const content = exampleContent([{ name: 'only', medianMs: 2 }], { rounds: 1 });
    expect(textOf(render(content))).toContain('Nothing was measured beside it.');
    const run = content.experiments[0]?.runs[0];
    if (run) run.latencyMs = summarizeLatency([[2]]);
    const one = {
      ...content,
      blocksByRunId: new Map([[run?.id ?? '', [{ blockIndex: 0, round: 0, startedAtMs: 1, samplesMs: [2] }]]]),
    };
    expect(readMarkup(render(one)).filter(({ name }) => name === 'figure')).toHaveLength(2);
  });

  test('a file that the library no longer holds keeps its hash and size', () => {
    const text = textOf(render({ ...exampleContent(threeVersions), variants: [] }));
    expect(text).toContain('no longer holds this file');
    expect(text).toContain(exampleHash(2));
  });

  test('an experiment without runs', () => {
    const content = exampleContent(threeVersions);
    const experiment = content.experiments[0];
    if (experiment) Object.assign(experiment, { runs: [], comparisons: [] });
    expect(() => readMarkup(render(content))).not.toThrow();
  });
});

describe('more than usual', () => {
  test('a hundred runs: every one is in the tables and drawn, in figures that fit on pages', () => {
    const models = Array.from({ length: 25 }, (_, index) => ({
      name: `m${index}`,
      medianMs: 1 + index,
      correct: 9000 + index,
    }));
    const content = exampleContent(models, { providers: ['node:cpu', 'node:webgpu'], batchSizes: [1, 8] });
    const markup = render(content);
    const heights = readMarkup(markup).flatMap(({ name, attributes }) =>
      name === 'svg' ? [Number(attributes['height'])] : [],
    );
    expect(Math.max(...heights)).toBeLessThan(1000);
    const text = textOf(markup);
    for (let number = 1; number <= 100; number += 1) expect(text).toContain(`#${number} `);
    expect(text).toContain('At batch 8');
    expect(markup.length).toBeLessThan(3_000_000);
  });

  test('several experiments stay apart', () => {
    const first = exampleContent(threeVersions);
    const second = exampleExperiment([{ name: 'z', medianMs: 5 }], { id: 'experiment-2', name: 'Second' });
    const markup = render({
      ...first,
      experiments: [...first.experiments, second.experiment],
      blocksByRunId: new Map([...first.blocksByRunId, ...second.blocksByRunId]),
    });
    const ids = readMarkup(markup).flatMap(({ attributes }) => attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(textOf(markup)).toContain(
      'Times of different experiments were not measured side by side and are not compared.',
    );
  });

  test('times that differ a thousandfold share a logarithmic axis, and the report says so', () => {
    const text = textOf(
      render(
        exampleContent([
          { name: 'a', medianMs: 0.05 },
          { name: 'b', medianMs: 50 },
        ]),
      ),
    );
    expect(text).toContain('The latency axis is logarithmic.');
  });
});
