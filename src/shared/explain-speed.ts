/** Why a variant is slower than its baseline, or not faster: typed findings from where its time goes, each with its evidence. */
import type { Device } from './device.ts';
import { excessThreads } from './excess-threads.ts';
import { formatMs, formatPercent } from './format.ts';
import type { DividedTime } from './operator-profile.ts';
import type { Comparison, Run } from './run.ts';
import { findMemoryBound } from './memory-bound.ts';
import { findingOf } from './finding-of.ts';
import type { SpeedFinding } from './speed-finding.ts';
import { countText } from './text/number-text.ts';
import {
  castWords,
  CONVERSION_OPERATOR,
  conversionWords,
  INTEGER_OPERATOR,
  integerConvolutionWords,
} from './text/speed-words.ts';

type Profiled = { run: Run; time: DividedTime };
type Node = DividedTime['nodes'][number];

/** Below these shares of the time a cause explains nothing. */
const SMALLEST_SHARE = 0.05;
const SMALLEST_INT8_SHARE = 0.2;
const OVERHEAD_SHARE = 0.5;
/** A node that takes less is mostly the cost of being called. */
const TINY_NODE_MS = 0.005;
/** A file that is so much smaller should be faster where memory or arithmetic count. */
const MUCH_SMALLER = 0.8;
/** Beyond that the share outside of operators is not known, as of tiny models. */
const WIDEST_RANGE = 0.5;
const MOST_NAMES = 5;

const OVERHEAD_REMEDY = 'Run several items as a batch, or judge this model by its size and memory.';

const CPU_PROVIDER = 'CPUExecutionProvider';
const copyOperator = /^Memcpy(To|From)Host$/;
const int8Extensions = ['avx-vnni', 'avx512-vnni', 'amx-int8', 'neon-dotprod', 'neon-i8mm', 'sve2'] as const;

/**
 * @param about.baseline the run it is compared with, of another file under the same conditions, with its profile where it has one
 * @returns nothing where the candidate is faster: that needs no excuse
 */
export function explainSpeed(
  candidate: Profiled,
  about: {
    baseline: { run: Run; time: DividedTime | null };
    verdict: Comparison['verdict'];
    device: Pick<Device, 'cpu'>;
  },
): SpeedFinding[] {
  if (about.verdict === 'faster' || about.baseline.run.model.sha256 === candidate.run.model.sha256) return [];
  return [
    findIntegerConvolution(candidate),
    findConversions(candidate),
    findCasts(candidate, about.baseline.time),
    findFallback(candidate),
    findMissingInstructions(candidate, about.device),
    findSameOperators(candidate, about.baseline),
    findMemoryBound(candidate.time),
    findOverhead(candidate),
    findOversubscription(candidate, about.device),
  ].filter((finding) => finding !== null);
}

function findIntegerConvolution({ time }: Profiled): SpeedFinding | null {
  const nodes = time.nodes.filter(({ operator }) => operator === 'ConvInteger');
  return findingOf('integer-convolution', nodes, SMALLEST_SHARE, {
    message: (share, count) => `ConvInteger takes ${share} of the time in ${count}: ${integerConvolutionWords.cause}.`,
    suggestion: integerConvolutionWords.remedy,
  });
}

function findConversions({ time, run }: Profiled): SpeedFinding | null {
  const nodes = time.nodes.filter(({ operator }) => CONVERSION_OPERATOR.test(operator));
  const isReduced = run.settings.graphOptimization === 'disabled' || run.settings.graphOptimization === 'basic';
  return findingOf('unfused-quantization', nodes, SMALLEST_SHARE, {
    message: (share, count) =>
      `Converting between float32 and int8 takes ${share} of the time in ${count} that ONNX Runtime did not fuse with the operators around them.`,
    suggestion: isReduced
      ? 'Measure with --optimization all: fusing needs the extended optimisations.'
      : conversionWords.remedy,
  });
}

function findCasts({ time }: Profiled, baseline: DividedTime | null): SpeedFinding | null {
  const nodes = time.nodes.filter(({ operator }) => operator === 'Cast');
  const before = baseline?.nodes.filter(({ operator }) => operator === 'Cast').length ?? 0;
  if (nodes.length <= before) return null;
  return findingOf('casts', nodes, SMALLEST_SHARE, {
    message: (share, count) => `Casts take ${share} of the time in ${count}: ${castWords.cause}.`,
    suggestion: castWords.remedy,
  });
}

function findFallback({ time, run }: Profiled): SpeedFinding | null {
  if (run.provider === 'node:cpu') return null;
  const nodes = time.nodes.filter(({ operator, provider }) => provider === CPU_PROVIDER || copyOperator.test(operator));
  return findingOf('cpu-fallback', nodes, SMALLEST_SHARE, {
    message: (share, count) =>
      `${share} of the time goes to ${count} that ran on the CPU or copied between it and ${run.provider}: ${operatorsOf(nodes)}.`,
    suggestion: `Leave these operators as they were in the original, or use a recipe that ${run.provider} supports as a whole.`,
  });
}

function findMissingInstructions({ time, run }: Profiled, { cpu }: Pick<Device, 'cpu'>): SpeedFinding | null {
  if (run.provider !== 'node:cpu' || cpu.extensions.length === 0) return null;
  if (int8Extensions.some((extension) => cpu.extensions.includes(extension))) return null;
  const nodes = time.nodes.filter(({ operator }) => INTEGER_OPERATOR.test(operator));
  return findingOf('no-int8-instructions', nodes, SMALLEST_INT8_SHARE, {
    message: (share, count) =>
      `${share} of the time is int8 arithmetic in ${count}, and this CPU has no instructions for it (VNNI, AMX or dot products).`,
    suggestion: 'Measure on the device that it is meant for; on this one expect smaller files, not more speed.',
  });
}

/** Weights may be stored smaller and still be computed with as before. */
function findSameOperators(
  { time, run }: Profiled,
  baseline: { run: Run; time: DividedTime | null },
): SpeedFinding | null {
  if (baseline.time === null || run.model.sizeBytes > MUCH_SMALLER * baseline.run.model.sizeBytes) return null;
  const names = (divided: DividedTime): string =>
    divided.operators
      .filter(({ share }) => share >= SMALLEST_SHARE)
      .map(({ operator, provider }) => `${operator} ${provider}`)
      .toSorted()
      .join();
  if (names(time) === '' || names(time) !== names(baseline.time)) return null;
  return {
    kind: 'runs-as-before',
    message: `The file is ${formatPercent(1 - run.model.sizeBytes / baseline.run.model.sizeBytes, 0)} smaller, but its time goes to the same kinds of operators as in ${baseline.run.model.name}: weights are converted when the model is loaded, and the arithmetic is the same.`,
    suggestion: 'Choose it for its size; for speed choose a recipe that changes the arithmetic too.',
    evidence: { timeShare: null, nodeCount: time.nodes.length, nodes: [] },
  };
}

function findOverhead({ time }: Profiled): SpeedFinding | null {
  const { medianMs, unattributed, nodes } = time;
  if (unattributed !== null && (unattributed.mostMs - unattributed.leastMs) / medianMs > WIDEST_RANGE) {
    return findTinyRun(time);
  }
  const tiny = nodes.filter(({ timeMs }) => timeMs < TINY_NODE_MS);
  const tinyMs = tiny.reduce((sum, { timeMs }) => sum + timeMs, 0);
  const timeShare = Math.min(1, ((unattributed?.timeMs ?? 0) + tinyMs) / medianMs);
  if (timeShare < OVERHEAD_SHARE || tiny.length < nodes.length / 2) return null;
  return {
    kind: 'overhead-bound',
    message: `${formatPercent(timeShare, 0)} of the ${formatMs(medianMs)} is overhead: ${tiny.length} of ${countText(nodes.length, 'node')} take less than ${TINY_NODE_MS * 1000} µs each, and ${outsideWords(time)} lies outside of all operators. Compression cannot take that away.`,
    suggestion: OVERHEAD_REMEDY,
    evidence: { timeShare, nodeCount: tiny.length, nodes: [] },
  };
}

/** Where the profiler takes about as long as the run: what is known is that the whole run, shared among its nodes, is next to nothing. */
function findTinyRun({ medianMs, nodes }: DividedTime): SpeedFinding | null {
  const nodeMs = medianMs / nodes.length;
  if (nodeMs >= TINY_NODE_MS) return null;
  return {
    kind: 'overhead-bound',
    message: `The ${formatMs(medianMs)} of a run are ${formatMs(nodeMs)} for each of its ${countText(nodes.length, 'node')}, hardly more than calling them costs. Compression cannot take that away.`,
    suggestion: OVERHEAD_REMEDY,
    evidence: { timeShare: null, nodeCount: nodes.length, nodes: [] },
  };
}

function outsideWords({ medianMs, unattributed }: DividedTime): string {
  if (unattributed === null) return 'an unknown part of the time';
  const [least, share, most] = [unattributed.leastMs / medianMs, unattributed.share, unattributed.mostMs / medianMs];
  const range = most - least > 0.01 ? ` (${formatPercent(least, 0)} to ${formatPercent(most, 0)})` : '';
  return `${formatPercent(share, 0)}${range} of the time`;
}

function findOversubscription({ run }: Profiled, { cpu }: Pick<Device, 'cpu'>): SpeedFinding | null {
  const excess = excessThreads(run.settings, cpu);
  if (excess === null) return null;
  return {
    kind: 'thread-oversubscription',
    message: `${excess.threads} share ${excess.cores}, so their waiting hides what compression gains.`,
    suggestion: `Measure with ${excess.remedy}.`,
    evidence: { timeShare: null, nodeCount: null, nodes: [] },
  };
}

function operatorsOf(nodes: readonly Node[]): string {
  const names = [...new Set(nodes.map(({ operator }) => operator))];
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} others` : shown;
}
