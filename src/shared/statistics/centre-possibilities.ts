/** What the values of blocks describe: times of one case, which share all that the machine does, or ratios, in which that cancels. */
export type SeriesKind = 'times' | 'ratios';

/**
 * What one way in which blocks may have come about says of their centre. Its covariance is in units of the noise variance of one block, which it
 * leaves open: so the information is the inverse variance of the centre, times that; the squares that it leaves are that many times the
 * noise variance.
 */
export type Possibility = {
  /** Before the blocks are seen. */
  weight: number;
  centre: number;
  information: number;
  squares: number;
  /** Of the covariance. */
  logDeterminant: number;
  /** Variance that befalls single blocks where the rest follows a trend; null without a trend. */
  aroundTrend: number | null;
};

/** By how much blocks may differ beyond noise (variance); each 1.6 times the one before: a coarser grid misses what 40 blocks can tell. */
const EXCESSES = Array.from({ length: 22 }, (_, index) => 0.25 * 1.6 ** index);
/** Noise is never taken for less than this share of what blocks differ by: the excesses explain that, and some times more of what wanders. */
export const LEAST_NOISE = 1 / 512;
/** Variance of a line over the run; it is one number of the run, so a coarse grid will do. */
const LINE_VARIANCES = [8, 32, 128, 512, 2048];
/** Each bend of a trend has so much of the variance of the one before, or of the line: what settles is a line at first sight. */
const BEND_SHARE = 1 / 8;
const MOST_BENDS = 3;
/** Of a line and of lines with bends together. */
const TREND_WEIGHT = 0.2;
/** Blocks after which 1/e is remembered. */
const SPANS = [1, 2, 4, 8, 16, 32, 64, 128];
/** Shorter memories take weight from longer ones where few blocks cannot tell which it is. */
const SHORTEST_OF_FEW = 2;
/**
 * Of what rounds of a busy machine differ by, a part may wander slowly, remembered over many blocks. Fewer blocks cannot tell that from blocks that
 * differ alone (bench/slow-part-oracle.ts), and without known noise, as of counts of rare samples, nothing can: there it is allowed for early.
 */
const SLOW_PART = {
  share: 1 / 3,
  shortest: 8,
  noiseKnown: { blocks: 48, weight: 0.15 },
  noiseUnknown: { blocks: 16, weight: 1 },
};
/** Before times are seen. */
const INDEPENDENT_TIMES = { least: 0.3, most: 0.5, fewBlocks: 10, manyBlocks: 16 };
/** With so many blocks they begin to tell how long is remembered, and with so many they do. */
const FEW_BLOCKS = 12;
const MANY_BLOCKS = 32;

/**
 * All ways that are reckoned with, each held against the values.
 *
 * - Noise alone: the likelier, the better the parts of blocks tell how large it is.
 * - Something beside noise befalls each block alone.
 * - Something wanders: a first-order autoregressive series (Zellner & Tiao 1964; likelihood by the Kalman filter: Harvey 1989). Any correlation of neighbours is
 *   as likely as any other; for times of few blocks, any memory of two blocks and more. Independent blocks weigh 0.3 to 0.5 for times: as much as
 *   the made-up machine that is held least at that number of blocks allows (bench/coverage-bound.ts). Of ratios most
 *   cancels, and an interval that allowed for much would hide real differences in few rounds: 60 / rounds² up to 0.9, and 0.5 to 0.6 at least.
 * - A trend, for times whose noise is known: a line, or a line with up to three bends, which is how a machine settles. They are orthogonal to the
 *   centre, so it is as well known as what befalls the blocks around the trend leaves it.
 *
 * bench/statistics-simulation.ts judges these weights, and bench/real-coverage.ts.
 *
 * @param values of the blocks in the order measured, less their mean
 * @param options.partCount of each block: how well noise is known
 */
export function centrePossibilities(
  values: readonly number[],
  { kind, partCount, withTrend }: { kind: SeriesKind; partCount: number; withTrend: boolean },
): Possibility[] {
  const count = values.length;
  const noiseWeight = kind === 'times' ? Math.min(0.5, (partCount - 1) / (partCount + 1)) : 0.1;
  const excessWeight = (1 - noiseWeight) / EXCESSES.length;
  // Where noise is unknown, many blocks tell no more than few.
  const telling = partCount < 2 ? 0 : Math.max(0, Math.min(1, (count - FEW_BLOCKS) / (MANY_BLOCKS - FEW_BLOCKS)));
  const independentWeight =
    kind === 'times'
      ? independentWeightOfTimes(count, partCount)
      : Math.max(0.5 + 0.1 * telling, Math.min(0.9, 60 / count ** 2));
  const spans =
    kind === 'times' ? spanWeights(telling, Math.max(16, count / 2)) : spanWeights(1, longestOfRatios(count));
  const squares = sumOfProducts(values, values);
  const independent = (weight: number, noise: number): Possibility => ({
    weight,
    centre: 0,
    information: count / noise,
    squares: squares / noise,
    logDeterminant: count * Math.log(noise),
    aroundTrend: null,
  });
  const levels = [{ noise: 1, weight: noiseWeight }, ...EXCESSES.map((e) => ({ noise: 1 + e, weight: excessWeight }))];
  const alongShapes = withTrend ? trendShapes(count).map((shape) => explainedSquares(shape, values)) : [];
  const trends = levels.flatMap(({ noise, weight }) =>
    trendsOf(alongShapes, { count, noise }).map((trend) => ({
      ...independent(weight * trend.weight, noise),
      squares: (squares - trend.explained) / noise,
      logDeterminant: count * Math.log(noise) + trend.logDeterminant,
      aroundTrend: noise,
    })),
  );
  const slow = kind === 'times' ? slowPart(count, partCount) : [];
  const wandering = EXCESSES.flatMap((excess) =>
    [...spans, ...slow].map(({ span, weight, share }) => ({
      weight: excessWeight * (1 - independentWeight) * weight,
      aroundTrend: null,
      ...fitWandering(values, {
        noise: 1 + excess * (1 - share),
        wandering: excess * share,
        memory: Math.exp(-1 / span),
      }),
    })),
  );
  return [
    ...levels.map(({ noise, weight }) => independent(noise === 1 ? weight : weight * independentWeight, noise)),
    ...trends,
    ...wandering,
  ].filter(({ weight }) => weight > 0);
}

/** Where noise is known from few samples, a machine that wanders is held least; there independent blocks give way to it. */
function independentWeightOfTimes(count: number, partCount: number): number {
  const { least, most, fewBlocks, manyBlocks } = INDEPENDENT_TIMES;
  if (partCount < 2) return most;
  return least + (most - least) * Math.max(0, Math.min(1, (count - fewBlocks) / (manyBlocks - fewBlocks)));
}

/** How long is remembered, and which share of what blocks differ by beyond noise that is. */
type Wandering = { span: number; share: number; weight: number };

/** As ratios: two blocks where few rounds tell nothing, and an eighth of many. */
function longestOfRatios(count: number): number {
  return count < FEW_BLOCKS ? 2 : Math.max(4, count / 8);
}

/** Each span stands for the correlations of neighbours that are nearer to its own than to those of the spans beside it. */
function spanWeights(telling: number, longest: number): Wandering[] {
  const spans = SPANS.filter((span) => span <= longest);
  const correlations = spans.map((span) => Math.exp(-1 / (span * Math.SQRT2)) - Math.exp(-Math.SQRT2 / span));
  const total = correlations.reduce((sum, value) => sum + value, 0);
  const long = spans.filter((span) => span >= SHORTEST_OF_FEW);
  return spans.map((span, index) => ({
    span,
    share: 1,
    weight:
      (telling * (correlations[index] as number)) / total + (span >= SHORTEST_OF_FEW ? (1 - telling) / long.length : 0),
  }));
}

/** For independent blocks of this variance: what squares a trend explains, shrunk as its own variance demands (ridge regression). */
function trendsOf(
  alongShapes: readonly number[],
  { count, noise }: { count: number; noise: number },
): { weight: number; explained: number; logDeterminant: number }[] {
  const weight = TREND_WEIGHT / alongShapes.length / LINE_VARIANCES.length;
  return alongShapes.flatMap((_, bends) =>
    LINE_VARIANCES.map((variance) => {
      const along = alongShapes.slice(0, bends + 1);
      const gains = along.map((__, order) => (count * variance * BEND_SHARE ** order) / noise);
      return {
        weight,
        explained: sumOfProducts(
          along,
          gains.map((gain) => gain / (1 + gain)),
        ),
        logDeterminant: gains.reduce((sum, gain) => sum + Math.log1p(gain), 0),
      };
    }),
  );
}

function explainedSquares(shape: readonly number[], values: readonly number[]): number {
  return sumOfProducts(shape, values) ** 2 / sumOfProducts(shape, shape);
}

/** A line and its bends: polynomials that are orthogonal to one another and to the centre (of Gram). */
function trendShapes(count: number): number[][] {
  const places = Array.from({ length: count }, (_, index) => index - (count - 1) / 2);
  const shapes = [places.map(() => 1)];
  for (let bends = 0; bends <= Math.min(MOST_BENDS, count - 2); bends += 1) {
    const [before, last] = [shapes.at(-2), shapes.at(-1) as number[]];
    const share = before ? sumOfProducts(last, last) / sumOfProducts(before, before) : 0;
    shapes.push(places.map((place, index) => place * (last[index] as number) - share * (before?.[index] ?? 0)));
  }
  return shapes.slice(1);
}

/** What wanders slowly beside what befalls single blocks. */
function slowPart(count: number, partCount: number): Wandering[] {
  const { share, shortest } = SLOW_PART;
  const { blocks, weight } = partCount < 2 ? SLOW_PART.noiseUnknown : SLOW_PART.noiseKnown;
  if (count < blocks) return [];
  const longest = partCount < 2 ? 16 : count / 4;
  const spans = SPANS.filter((span) => span >= shortest && span <= longest);
  return spans.map((span) => ({ span, share, weight: weight / spans.length }));
}

/** Generalized least squares for the centre of noise beside what wanders, with these variances and this memory from block to block (Kalman filter). */
export function fitWandering(
  values: readonly number[],
  { noise, wandering, memory }: { noise: number; wandering: number; memory: number },
) {
  let stateVariance = wandering;
  // The filter runs over the values and, alike, over what a centre of 1 would give.
  let expectedValue = 0;
  let expectedUnit = 0;
  let information = 0;
  let product = 0;
  let squares = 0;
  let logDeterminant = 0;
  for (const value of values) {
    const variance = stateVariance + noise;
    const valueError = value - expectedValue;
    const unitError = 1 - expectedUnit;
    information += unitError ** 2 / variance;
    product += (unitError * valueError) / variance;
    squares += valueError ** 2 / variance;
    logDeterminant += Math.log(variance);
    const gain = stateVariance / variance;
    expectedValue = memory * (expectedValue + gain * valueError);
    expectedUnit = memory * (expectedUnit + gain * unitError);
    stateVariance = memory ** 2 * (1 - gain) * stateVariance + wandering * (1 - memory ** 2);
  }
  const centre = product / information;
  return { centre, information, squares: Math.max(0, squares - centre * product), logDeterminant };
}

function sumOfProducts(first: readonly number[], second: readonly number[]): number {
  return first.reduce((sum, value, index) => sum + value * (second[index] as number), 0);
}
