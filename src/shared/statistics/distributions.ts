/** The few distribution functions that the statistics need. */

/** Natural logarithm of the gamma function for x > 0 (Lanczos approximation, g = 7; relative error below 1e-13). */
export function logGamma(x: number): number {
  const coefficients = [
    0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
    -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6,
    1.505_632_735_149_311_6e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  let sum = coefficients[0] as number;
  for (let index = 1; index < coefficients.length; index += 1)
    sum += (coefficients[index] as number) / (shifted + index);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Standard normal quantile (Acklam's rational approximation, relative error below 1.2e-9). */
export function normalQuantile(probability: number): number {
  const a = [
    -39.696_830_286_653_76, 220.946_098_424_520_5, -275.928_510_446_968_7, 138.357_751_867_269, -30.664_798_066_147_16,
    2.506_628_277_459_239,
  ];
  const b = [
    -54.476_098_798_224_06, 161.585_836_858_040_9, -155.698_979_859_886_6, 66.801_311_887_719_72,
    -13.280_681_552_885_72,
  ];
  const c = [
    -0.007_784_894_002_430_293, -0.322_396_458_041_136_5, -2.400_758_277_161_838, -2.549_732_539_343_734,
    4.374_664_141_464_968, 2.938_163_982_698_783,
  ];
  const d = [0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416];
  const polynomial = (weights: number[], x: number) => weights.reduce((sum, weight) => sum * x + weight, 0);
  if (probability <= 0) return -Infinity;
  if (probability >= 1) return Infinity;
  const low = 0.024_25;
  if (probability > 1 - low) return -normalQuantile(1 - probability);
  if (probability < low) {
    const q = Math.sqrt(-2 * Math.log(probability));
    return polynomial(c, q) / (polynomial(d, q) * q + 1);
  }
  const q = probability - 0.5;
  const r = q * q;
  return (polynomial(a, r) * q) / (polynomial(b, r) * r + 1);
}

/**
 * Quantile of Student's t (Hill 1970, algorithm 396: at least six digits for 3 degrees of freedom and more; closed forms for 1 and 2).
 */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  if (probability < 0.5) return -studentQuantile(1 - probability, degreesOfFreedom);
  const n = degreesOfFreedom;
  const p = 2 * (1 - probability);
  if (n === 1) return Math.cos((p * Math.PI) / 2) / Math.sin((p * Math.PI) / 2);
  if (n === 2) return Math.sqrt(2 / (p * (2 - p)) - 2);
  const a = 1 / (n - 0.5);
  const b = 48 / (a * a);
  let c = (((20_700 * a) / b - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * n;
  let y = (d * p) ** (2 / n);
  if (y > 0.05 + a) {
    const x = normalQuantile(p / 2);
    y = x * x;
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    y =
      ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * ((n + 1) / (n + 2)) +
      1 / y;
  }
  return Math.sqrt(n * y);
}

/** P(X = successes) for X ~ Binomial(trials, probability), 0 < probability < 1. */
export function binomialProbability(successes: number, trials: number, probability: number): number {
  const logWays = logGamma(trials + 1) - logGamma(successes + 1) - logGamma(trials - successes + 1);
  return Math.exp(logWays + successes * Math.log(probability) + (trials - successes) * Math.log1p(-probability));
}

/** P(X <= successes) for X ~ Binomial(trials, 1/2). */
export function fairBinomialCumulative(successes: number, trials: number): number {
  let sum = 0;
  for (let k = 0; k <= successes; k += 1) sum += binomialProbability(k, trials, 0.5);
  return Math.min(1, sum);
}

/** Standard normal distribution function (Abramowitz & Stegun 26.2.17, absolute error below 7.5e-8). */
export function normalCumulative(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x));
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const upper =
    density *
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return x < 0 ? upper : 1 - upper;
}

/** P(|T| > t) for Student's t >= 0 (Wallace 1959: within 3 % of the probability at 3 degrees of freedom, 0.5 % from 8 on). */
export function studentTail(t: number, degreesOfFreedom: number): number {
  const n = degreesOfFreedom;
  const deviate = ((8 * n + 1) / (8 * n + 3)) * Math.sqrt(n * Math.log1p((t * t) / n));
  return 2 * normalCumulative(-deviate);
}
