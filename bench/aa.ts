/**
 * A/A: a model against its own copy, in many short experiments of the real workbench. Whatever is called faster or slower is a
 * false alarm. Beside each experiment the usual way is tried for the same time: one model after the other, compared by means.
 *
 * With --output, what was measured is kept, and a later call with the same file goes on from there.
 *
 * Exit status 1 where more than 5 % were, beyond chance.
 *
 *   node bench/aa.ts [--count 100] [--time 5] [--model fashion-resnet] [--threads 0] [--with-load] [--output FILE]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Comparison } from '#shared/run.ts';
import { SMALLEST_DIFFERENCE_OF_INTEREST } from '#shared/statistics/compare-blocks.ts';
import { wilsonInterval } from '#shared/statistics/proportion.ts';
import { createEngineHost } from '#workbench/engine-process/engine-host.ts';
import { copyModel } from './copy-model.ts';
import { measureSequentially } from './measure-sequentially.ts';
import { enginePath, openTemporaryWorkbench, samplePath } from './temporary-workbench.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    time: { type: 'string', default: '5' },
    model: { type: 'string', default: 'fashion-resnet' },
    threads: { type: 'string', default: '0' },
    'with-load': { type: 'boolean', default: false },
    output: { type: 'string' },
  },
});
type Line = {
  experiment: number;
  verdict: Comparison['verdict'];
  /** Estimate and interval. */
  speedup: (number | null)[];
  pairs: number;
  stability: string[];
  sequentialRatio: number;
  isSequentialSignificant: boolean;
};

/** The bar. */
const MOST_ALARMS = 0.05;

const count = Number(values.count);
const timeBudgetSeconds = Number(values.time);

const workbench = await openTemporaryWorkbench();
const engines = createEngineHost({ enginePath });
const load: ChildProcess | null = values['with-load']
  ? fork(join(import.meta.dirname, 'disturbing-load.ts'), { stdio: 'ignore' })
  : null;
const outputPath = values.output;
const lines =
  outputPath !== undefined && existsSync(outputPath)
    ? readFileSync(outputPath, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((text) => JSON.parse(text) as Line)
    : [];
try {
  const originalPath = samplePath(values.model);
  const copyPath = join(workbench.folder, `${values.model}-copy.onnx`);
  copyModel(originalPath, copyPath);
  const paths = [originalPath, copyPath] as const;
  const ids: string[] = [];
  for (const path of paths) ids.push((await workbench.client.models.import({ path })).variant.id);

  for (let done = lines.length; done < count; done += 1) {
    // Each is the first half of the time.
    const isReversed = done % 2 === 1;
    const experiment = await workbench.measure({
      variantIds: isReversed ? ids.toReversed() : ids,
      providers: ['node:cpu'],
      intraOpThreads: [Number(values.threads)],
      timeBudgetSeconds,
      seed: done,
      profile: false,
    });
    const [comparison] = experiment.comparisons;
    if (!comparison) throw new Error('The experiment has no comparison.');
    const { estimate, ciLow, ciHigh } = comparison.speedup;
    const order = isReversed ? ([paths[1], paths[0]] as const) : paths;
    const sequential = await measureSequentially(engines, order, timeBudgetSeconds * 500);
    const line: Line = {
      experiment: done,
      verdict: comparison.verdict,
      speedup: [estimate, ciLow, ciHigh].map((value) => (value === null ? null : Number(value.toFixed(4)))),
      pairs: comparison.pairCount,
      stability: experiment.runs.map(
        (run) => run.stability?.reasons.map((reason) => reason.kind).join('+') || 'stable',
      ),
      sequentialRatio: Number(sequential.ratio.toFixed(4)),
      isSequentialSignificant: sequential.isSignificant,
    };
    lines.push(line);
    console.log(JSON.stringify(line));
    if (outputPath !== undefined) {
      const blocks = await Promise.all(
        experiment.runs.map(async (run) => (await workbench.client.runs.samples({ runId: run.id })).blocks),
      );
      appendFileSync(outputPath, `${JSON.stringify({ ...line, blocks })}\n`);
    }
  }
} finally {
  load?.kill();
  await engines.close();
  await workbench.close();
}

const isAlarm = ({ verdict }: Line): boolean => verdict !== 'indistinguishable';
const differs = ({ sequentialRatio }: Line): boolean =>
  Math.abs(Math.log(sequentialRatio)) >= Math.log(1 + SMALLEST_DIFFERENCE_OF_INTEREST);
const share = (isCounted: (line: Line) => boolean): string => {
  const alarmCount = lines.filter(isCounted).length;
  const done = lines.length;
  const { value, ciLow, ciHigh } = wilsonInterval(alarmCount, done);
  return `${alarmCount} of ${done} (${(value * 100).toFixed(1)} %, 95 % interval ${(ciLow * 100).toFixed(1)}–${(ciHigh * 100).toFixed(1)} %)`;
};
console.log(`
${values.model} against its copy, ${timeBudgetSeconds} s of measuring each${load ? ', beside a disturbing program' : ''}
Whittle, called faster or slower            ${share(isAlarm)}
Whittle, interval without 1                 ${share(({ speedup: [, low, high] }) => typeof low === 'number' && typeof high === 'number' && (low > 1 || high < 1))}
one after the other, means differ by 1 %    ${share(differs)}
 … and Welch's 95 % interval excludes equal ${share((line) => differs(line) && line.isSequentialSignificant)}`);

if (wilsonInterval(lines.filter(isAlarm).length, lines.length).ciLow > MOST_ALARMS) {
  console.log(`More than ${MOST_ALARMS * 100} % false alarms: the bar is missed.`);
  process.exitCode = 1;
}
