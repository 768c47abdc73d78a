/**
 * A/A: a model against its own copy, in many short experiments of the real workbench. Whatever is called faster or slower is a
 * false alarm. Beside each experiment the usual way is tried for the same time: one model after the other, compared by means.
 *
 *   node bench/aa.ts [--count 100] [--time 5] [--model fashion-resnet] [--threads 0] [--with-load] [--output FILE]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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
const count = Number(values.count);
const timeBudgetSeconds = Number(values.time);

const workbench = await openTemporaryWorkbench();
const engines = createEngineHost({ enginePath });
const load: ChildProcess | null = values['with-load']
  ? fork(join(import.meta.dirname, 'disturbing-load.ts'), { stdio: 'ignore' })
  : null;
const alarms = { whittle: 0, whittleInterval: 0, means: 0, welch: 0 };
let done = 0;
try {
  const originalPath = samplePath(values.model);
  const copyPath = join(workbench.folder, `${values.model}-copy.onnx`);
  copyModel(originalPath, copyPath);
  const paths = [originalPath, copyPath] as const;
  const ids: string[] = [];
  for (const path of paths) ids.push((await workbench.client.models.import({ path })).variant.id);

  for (; done < count; done += 1) {
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
    const excludesEqual = ciLow !== null && ciHigh !== null && (ciLow > 1 || ciHigh < 1);
    const differs = Math.abs(Math.log(sequential.ratio)) >= Math.log(1 + SMALLEST_DIFFERENCE_OF_INTEREST);
    if (comparison.verdict !== 'indistinguishable') alarms.whittle += 1;
    if (excludesEqual) alarms.whittleInterval += 1;
    if (differs) alarms.means += 1;
    if (differs && sequential.isSignificant) alarms.welch += 1;
    const line = {
      experiment: done,
      verdict: comparison.verdict,
      speedup: [estimate, ciLow, ciHigh].map((value) => value && Number(value.toFixed(4))),
      pairs: comparison.pairCount,
      stability: experiment.runs.map(
        (run) => run.stability?.reasons.map((reason) => reason.kind).join('+') || 'stable',
      ),
      sequentialRatio: Number(sequential.ratio.toFixed(4)),
    };
    console.log(JSON.stringify(line));
    if (values.output !== undefined) {
      const blocks = await Promise.all(
        experiment.runs.map(async (run) => (await workbench.client.runs.samples({ runId: run.id })).blocks),
      );
      appendFileSync(values.output, `${JSON.stringify({ ...line, blocks })}\n`);
    }
  }
} finally {
  load?.kill();
  await engines.close();
  await workbench.close();
}

const share = (alarmCount: number): string => {
  const { value, ciLow, ciHigh } = wilsonInterval(alarmCount, done);
  return `${alarmCount} of ${done} (${(value * 100).toFixed(1)} %, 95 % interval ${(ciLow * 100).toFixed(1)}–${(ciHigh * 100).toFixed(1)} %)`;
};
console.log(`
${values.model} against its copy, ${timeBudgetSeconds} s of measuring each${load ? ', beside a disturbing program' : ''}
Whittle, called faster or slower            ${share(alarms.whittle)}
Whittle, interval without 1                 ${share(alarms.whittleInterval)}
one after the other, means differ by 1 %    ${share(alarms.means)}
 … and Welch's 95 % interval excludes equal ${share(alarms.welch)}`);
