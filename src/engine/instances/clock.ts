/** Monotonic time in milliseconds that all threads of a process share; `performance.now()` begins anew in each thread. */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
