/** The highest rate, requests per second, at which 99 % of the requests to one instance are answered within a bound: by formula. */

/** M/M/1: the time in the system is exponential with the rate μ − λ. */
export function rateOfExponential(boundMs: number, meanMs: number): number {
  return 1000 / meanMs - (1000 * Math.log(100)) / boundMs;
}

/** M/D/1: Erlang's distribution of the waiting time, solved for the rate. */
export function rateOfConstant(boundMs: number, meanMs: number): number {
  const waitMs = boundMs - meanMs;
  const inTime = (perMs: number): number => {
    let sum = 0;
    let factorial = 1;
    for (let k = 0; k * meanMs <= waitMs; k += 1) {
      if (k > 0) factorial *= k;
      const x = perMs * (k * meanMs - waitMs);
      sum += (x ** k / factorial) * Math.exp(-x);
    }
    return (1 - perMs * meanMs) * sum;
  };
  let low = 0;
  let high = 1 / meanMs;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (inTime(middle) > 0.99) low = middle;
    else high = middle;
  }
  return low * 1000;
}
