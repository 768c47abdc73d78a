import { expect, test } from 'vitest';
import type { Run } from '#shared/run.ts';
import { exampleContent } from '../../../tests/fakes/example-content.ts';
import { textOf } from './markup-check.ts';
import { renderReport } from './render-report.ts';
import type { ReportContent } from './report-content.ts';

const wrong = {
  passed: false,
  cosine: 0.75,
  maxAbsoluteError: 1.25,
  toleranceRatio: 37.5,
  nonFiniteCount: 0,
  top1Agreement: 0,
  message: 'The output “logits” differs.',
};
const right = { ...wrong, passed: true, cosine: 1, maxAbsoluteError: 0.001, toleranceRatio: 0.5, top1Agreement: 1 };
const placement = [
  { provider: 'CPUExecutionProvider', nodeCount: 7, timeShare: 0.8, operators: { 'a|b': 4, Shape: 3 } },
  { provider: 'WebGpuExecutionProvider', nodeCount: 9, timeShare: 0.2 },
];

/** Three runs: on the CPU, one that a GPU left to the CPU, and one that it computes wrongly. */
function contentWithProviders(): ReportContent {
  const content = exampleContent([{ name: 'net', medianMs: 2 }, { name: 'left', medianMs: 1 }, { name: 'wrong' }]);
  const changes: Partial<Run>[] = [
    {},
    { provider: 'node:webgpu', parity: right, placement },
    { provider: 'node:webgpu', parity: wrong, error: { kind: 'parity-failed', message: 'It gives other results.' } },
  ];
  const experiments = content.experiments.map((experiment) => ({
    ...experiment,
    runs: experiment.runs.map((run, index) => ({ ...run, ...changes[index] })),
  }));
  return { ...content, experiments };
}

test('an HTML report says which results are wrong, with figures, and what was left to the CPU', () => {
  const text = textOf(renderReport('html', contentWithProviders()));
  expect(text).toContain('leftnode:webgpu (mostly on the CPU), default threads, batch 1');
  expect(text).toContain('yeslargest difference 0.0010, 0.5 times what is allowed, cosine 1, same best class 100.0 %');
  expect(text).toContain('nolargest difference 1.3, 38 times what is allowed, cosine 0.7500, same best class 0.0 %');
  expect(text).toContain('7 nodes: a|b (4), Shape (3)');
  expect(text).toContain('wrong results');
});

test('so does a Markdown report, whatever operators are called', () => {
  const text = renderReport('md', contentWithProviders());
  expect(text).toContain('| node:webgpu (mostly on the CPU) | yes, largest difference 0.0010,');
  expect(text).toContain('| node:webgpu | **no**, largest difference 1.3,');
  expect(text).toContain('7 nodes: a\\|b (4), Shape (3)');
  expect(text).toContain('wrong results');
});

test('and a CSV report, in columns', () => {
  const [header = '', onCpu = '', left = '', wrongLine = ''] = renderReport('csv', contentWithProviders()).split(
    '\r\n',
  );
  expect(header).toContain(
    ',parity_passed,parity_max_absolute_error,parity_tolerance_ratio,parity_cosine,parity_top1_agreement,placement,left_to_cpu,',
  );
  expect(onCpu).toContain(',,,,,,,');
  expect(left).toContain(',true,0.001,0.5,1,1,"CPU 80 %, WebGPU 20 %","7 nodes: a|b (4), Shape (3)",');
  expect(wrongLine).toContain(',false,1.25,37.5,0.75,0,');
});
