/** How the numbers of a report came about: what the code really does, with its constants taken from where they are defined. */
import type { ExperimentPlan } from '#shared/case.ts';
import { formatPercent } from '#shared/format.ts';
import { FEWEST_ROUNDS } from '#shared/round-plan.ts';
import { ENOUGH_ROUNDS } from '#shared/statistics/interval-confidence.ts';
import { LOOK_ALPHA, lookSchedule } from '#shared/statistics/looks.ts';
import { MOST_OTHER_CORES, MOST_STOLEN_CORES } from '#shared/statistics/judge-context.ts';
import { minimumSampleCount } from '#shared/statistics/quantile.ts';
import {
  FEWEST_BLOCKS,
  FEWEST_SAMPLES,
  LARGEST_CLOCK_STEP,
  LARGEST_CORRELATION,
  LARGEST_DRIFT,
  LARGEST_OUTLIER_SHARE,
  LARGEST_SPREAD,
} from '#shared/statistics/stability.ts';

export type MethodParagraph = { title: string; text: string };

const percent = (share: number): string => formatPercent(share, 0);

/** @param plans of the experiments that are reported */
export function methodParagraphs(plans: readonly Pick<ExperimentPlan, 'smallestDifference'>[]): MethodParagraph[] {
  const smallest = [...new Set(plans.map(({ smallestDifference }) => smallestDifference))];
  const smallestText = smallest.map((share) => `${Number((share * 100).toPrecision(3))} %`).join(' or ');
  return [
    {
      title: 'Before measuring',
      text: 'Each run had a process of its own, which loaded the model, timed the first inference, and then ran untimed until the time per inference no longer fell. A provider other than node:cpu also had to give the same outputs as node:cpu for the same inputs; where it did not, no times are shown. All inferences of a run had the same inputs: generated from the seed, unless the environment names a file or a dataset. Where all runs are on node:cpu, and Whittle was built with a C++ compiler, they were made and timed in compiled code, through the C interface of ONNX Runtime; otherwise through onnxruntime-node, or onnxruntime-web in a browser. Each run says which.',
    },
    {
      title: 'Interleaving',
      text: 'The runs were measured in rounds. In each round every run had one block of consecutive timed inferences, after a few untimed ones, so slow changes of the machine met all runs alike. The order within a round was drawn from the seed, and the round after it had the reverse order. A run that did not fit into memory beside the others was measured after them and carries a note.',
    },
    {
      title: 'When measuring stopped',
      text:
        'The measuring time was fixed beforehand and shared by all runs; the number of rounds followed from it and from the time of one inference after warm-up. An experiment that was allowed to end earlier looked at its comparisons after ' +
        `${lookSchedule.slice(0, 4).join(', ')} and so on paired rounds, and ended when all were decided: faster, slower, within ${smallestText} of equal, or known as precisely as was asked. Each look has its own level of ${formatPercent(LOOK_ALPHA)}, so that looking does not raise the chance of a false alarm above 5 %.`,
    },
    {
      title: 'Median and its interval',
      text: `The median is that of all timed inferences; none was dropped. Its interval runs between the quantiles of all inferences that lie as far from one half as that half is uncertain (Woodruff 1952), with the blocks as units, because inferences of one block are not independent of one another. It is widened by how much blocks may depend on one another, weighed by how well each possibility explains their order and by how far they differ beyond the noise of single inferences. From ${ENOUGH_ROUNDS} blocks on it is a 95 % interval. Fewer cannot tell a quiet machine from one that wanders, so theirs allow for the second: they hold the truth at least 95 times in 100, and mostly more often.`,
    },
    {
      title: 'Percentiles',
      text: `A percentile is shown only where there are so many samples that, with 99 % confidence, at least two lie beyond it: ${[0.5, 0.9, 0.95, 0.99].map((probability) => `${minimumSampleCount(probability)} for p${Math.round(probability * 100)}`).join(', ')}. Between samples it is interpolated linearly.`,
    },
    {
      title: 'Comparison of times',
      text: `Two runs are compared round by round: each round gives the ratio of the two block medians. The estimate is the Hodges–Lehmann centre of the logarithms of these ratios, and the interval that of Wilcoxon's signed-rank test, widened by how much rounds may depend on one another; fewer than ${FEWEST_ROUNDS} rounds give no interval. It is a 95 % interval from ${ENOUGH_ROUNDS} rounds on, and one of at least 95 % from fewer, or where results were looked at before the end. “Faster” and “slower” are said only when the interval excludes “equal” and the difference is at least ${smallestText}; anything else is “indistinguishable”.`,
    },
    {
      title: 'Stability',
      text: `A run is called unstable when it has fewer than ${FEWEST_SAMPLES} samples or ${FEWEST_BLOCKS} blocks, when its block medians drift by ${percent(LARGEST_DRIFT)} or more over the run (Kendall's trend test at 99 %, Theil–Sen slope), when each resembles the one before (rank correlation of ${LARGEST_CORRELATION} or more), when they scatter by more than ${percent(LARGEST_SPREAD)} (scaled median absolute deviation), or when more than ${percent(LARGEST_OUTLIER_SHARE)} of the samples lie more than three interquartile ranges above the third quartile. It is also unstable when it goes at two speeds (dip test, 1 %), when the clock that it was timed with steps by ${percent(LARGEST_CLOCK_STEP)} or more of the median, or when the machine was disturbed meanwhile as far as it tells: other programs kept ${MOST_OTHER_CORES} cores busy, a hypervisor took the time of ${MOST_STOLEN_CORES} cores, the processor throttled itself, the times followed its clock, it ran on battery, or tasks waited for memory. The machine is read before and after each block, outside of the samples.`,
    },
    {
      title: 'Throughput and memory',
      text: 'Throughput is the batch size divided by the median, one inference at a time. Memory is the resident memory of the process that ran the model: before loading it, after loading it, and its peak over the whole run. It includes Node.js and ONNX Runtime themselves.',
    },
    {
      title: 'Where the time goes',
      text: 'The profiler of ONNX Runtime timed each node in a session of its own, after measuring, because it slows a model. The times are means over the middle half of its runs and are held against the median without the profiler: what no node took is outside of operators. Where profiled runs took longer than the median, nodes and the time between them are scaled down in the same proportion, and the bounds of what that leaves open are given. Why a version is slower, or not faster, is read from these parts.',
    },
    {
      title: 'Accuracy',
      text: "The interval of an accuracy is Wilson's score interval (95 %). Two versions are compared on the same items: McNemar's exact test on the items that only one of them gets right, and the interval of Agresti and Min for the difference. Accuracy was measured on the provider and the machine that the row names. Fidelity compares the outputs with those of the reference without any labels.",
    },
    {
      title: 'Which version to ship',
      text: 'Of the versions that are not measurably less accurate than the first model of the plan, the fastest is named; of those that cannot be told from the fastest by their speed, the smallest file. Where the accuracy of the first model is known, a version of unknown accuracy is not named. What is faster but less accurate is mentioned with its price.',
    },
  ];
}
