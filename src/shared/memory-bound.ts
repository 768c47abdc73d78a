/**
 * Nodes that wait for memory more than for arithmetic.
 * Under the slope of the roofline (Williams, Waterman, Patterson 2009) bytes limit the speed.
 */
import { findingOf } from './finding-of.ts';
import type { DividedTime } from './operator-profile.ts';
import type { SpeedFinding } from './speed-finding.ts';
import { INTEGER_OPERATOR, PRODUCT_OPERATOR } from './text/speed-words.ts';

const SMALLEST_SHARE = 0.2;
/** Of what memory gives: from here on a node waits for it most of its time. */
const NEAR_MEMORY_LIMIT = 0.6;
/** Activations were often just written and are in the cache still: smaller weights help only where most bytes are weights. */
const MOSTLY_WEIGHTS = 0.5;
/** Weights in blocks of few bits. */
const FEW_BITS_OPERATOR = /NBits|BlockQuantized/;

/** Of a variant that is not faster. */
export function findMemoryBound(time: DividedTime): SpeedFinding | null {
  return findingAbout(
    time,
    waitingNodes(time),
    'Fewer bytes of weights help here, 8 or 4 bits that stay so while the model runs; faster arithmetic on as many bytes does not. A batch of several items reads the weights once for all.',
  );
}

/** Of a model that was compared with no other one: whether smaller weights would help. Those that are small already do not count. */
export function suggestSmallerWeights(time: DividedTime): SpeedFinding | null {
  const nodes = waitingNodes(time).filter(
    ({ operator }) => !INTEGER_OPERATOR.test(operator) && !FEW_BITS_OPERATOR.test(operator),
  );
  return findingAbout(
    time,
    nodes,
    'Compress its weights and measure both: with “weights-8bit” or “weights-4bit” they stay small while the model runs. A batch of several items reads the weights once for all.',
  );
}

function findingAbout(time: DividedTime, nodes: DividedTime['nodes'], suggestion: string): SpeedFinding | null {
  const { memoryBytesPerSecond: limit = 0 } = time;
  return findingOf('memory-bound', nodes, SMALLEST_SHARE, {
    message: (share, count) =>
      `${share} of the time goes to ${count} that read weights, at ${gigabytes(rateOf(nodes))} GB/s where memory gave a plain product ${gigabytes(limit)} GB/s: they wait for bytes more than for arithmetic.`,
    suggestion,
  });
}

function waitingNodes({ memoryBytesPerSecond: limit, nodes }: DividedTime): DividedTime['nodes'] {
  if (limit === undefined) return [];
  return nodes.filter(
    ({ operator, bytesPerSecond = 0, weightShare = 0 }) =>
      PRODUCT_OPERATOR.test(operator) && weightShare >= MOSTLY_WEIGHTS && bytesPerSecond >= NEAR_MEMORY_LIMIT * limit,
  );
}

/** Bytes per second over the nodes together. */
function rateOf(nodes: DividedTime['nodes']): number {
  const timeMs = nodes.reduce((sum, node) => sum + node.timeMs, 0);
  return nodes.reduce((sum, { bytesPerSecond = 0, ...node }) => sum + bytesPerSecond * node.timeMs, 0) / timeMs;
}

function gigabytes(bytesPerSecond: number): string {
  return (bytesPerSecond / 1e9).toFixed(1);
}
