/** Scales and ticks of the charts on screen and in reports: what is linear, what is logarithmic, and where an axis begins. */

export type Scale = {
  domain: readonly [number, number];
  map: (value: number) => number;
  ticks: { value: number; label: string }[];
  isLogarithmic: boolean;
  startsAtZero: boolean;
};

/** Times that differ by more than this factor share a logarithmic axis, or the small ones could not be told apart. */
const LARGEST_LINEAR_FACTOR = 12;

/**
 * An axis for times: linear where it can be, from zero where that wastes little room.
 * @param options.values not negative, at least one
 * @param options.range pixels
 */
export function createTimeScale(options: {
  values: readonly number[];
  range: readonly [number, number];
  tickCount: number;
}): Scale {
  const { values, range, tickCount } = options;
  const [low, largest] = extent(values);
  // A clock too coarse for the model measures zeros.
  const high = Math.max(largest, 0.001);
  if (low > 0 && high / low > LARGEST_LINEAR_FACTOR) return createLogScale([low / 1.15, high * 1.15], range);
  if (low < high * 0.4) return createLinearScale([0, high * 1.05], range, tickCount);
  const margin = Math.max((high - low) * 0.08, high * 0.01);
  return createLinearScale([low - margin, high + margin], range, tickCount);
}

/** Ticks that are closer would write over one another; a share of the axis. */
const LEAST_TICK_DISTANCE = 0.04;

/**
 * An axis for numbers that were chosen, such as batches: logarithmic, with these very numbers as its ticks.
 * @param options.values above zero, at least one
 * @param options.range pixels
 */
export function createChoiceScale(options: { values: readonly number[]; range: readonly [number, number] }): Scale {
  const { values, range } = options;
  const [low, high] = extent(values);
  const scale = createLogScale([low / 1.3, high * 1.3], range);
  const room = LEAST_TICK_DISTANCE * Math.abs(range[1] - range[0]);
  const ticks: Scale['ticks'] = [];
  for (const value of [...new Set(values)].toSorted((a, b) => a - b)) {
    const before = ticks.at(-1);
    if (before !== undefined && Math.abs(scale.map(value) - scale.map(before.value)) < room) continue;
    ticks.push({ value, label: value.toLocaleString('en-US') });
  }
  return { ...scale, ticks };
}

/** An axis for shares in per cent: it shows the differences, because those between versions are small. */
export function shareDomain(percents: readonly number[]): [number, number] {
  const [lowest, highest] = extent(percents);
  const margin = Math.max((highest - lowest) * 0.1, 0.1);
  return [Math.max(0, lowest - margin), Math.min(100, highest + margin)];
}

export function createLinearScale(
  domain: readonly [number, number],
  range: readonly [number, number],
  tickCount: number,
): Scale {
  const [low, high] = domain;
  const step = niceStep((high - low) / tickCount);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const firstIndex = Math.ceil(low / step - 1e-9);
  const lastIndex = Math.floor(high / step + 1e-9);
  return {
    domain,
    map: (value) => interpolate(range, (value - low) / (high - low)),
    ticks: Array.from({ length: lastIndex - firstIndex + 1 }, (_, index) => {
      const value = (firstIndex + index) * step;
      return {
        value,
        label: value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
      };
    }),
    isLogarithmic: false,
    startsAtZero: low === 0,
  };
}

function createLogScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const low = Math.log10(domain[0]);
  const high = Math.log10(domain[1]);
  const exponents = Array.from(
    { length: Math.ceil(high) - Math.floor(low) + 1 },
    (_, index) => Math.floor(low) + index,
  );
  const factors = high - low > 3 ? [1] : [1, 2, 5];
  return {
    domain,
    map: (value) => interpolate(range, (Math.log10(value) - low) / (high - low)),
    ticks: exponents
      .flatMap((exponent) => factors.map((factor) => factor * 10 ** exponent))
      .filter((value) => value >= domain[0] && value <= domain[1])
      .map((value) => ({ value, label: value.toLocaleString('en-US', { maximumSignificantDigits: 1 }) })),
    isLogarithmic: true,
    startsAtZero: false,
  };
}

/** 1, 2 or 5 times a power of ten, at least `step`. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= step * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function interpolate([start, end]: readonly [number, number], share: number): number {
  return start + (end - start) * share;
}

export function extent(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

/** What a reader has to know of an axis to read it rightly. */
export function scaleRemark(scale: Scale, axis: string): string {
  if (scale.isLogarithmic) return `The ${axis} axis is logarithmic.`;
  return scale.startsAtZero ? '' : `The ${axis} axis does not start at zero.`;
}
