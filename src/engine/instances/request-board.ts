/** What the threads of instances share: the requests with their times, and who takes the next one. No messages while requests run. */

export type RequestBoard = {
  /** Milliseconds since the common start; so are the others. */
  arrivalsMs: Float64Array;
  begunMs: Float64Array;
  /** 0 until it is answered. */
  endedMs: Float64Array;
  /** Number of the instance that took the request. */
  takenBy: Uint8Array;
  /** The number of the next request; whether all shall stop; how many are answered. */
  counters: Int32Array;
};

const NEXT = 0;
const IS_STOPPED = 1;
const ANSWERED = 2;
const COUNTER_COUNT = 3;

export function createRequestBoard(arrivalsMs: Float64Array): RequestBoard {
  const count = arrivalsMs.length;
  const shared = (): Float64Array => new Float64Array(new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT));
  const arrivals = shared();
  arrivals.set(arrivalsMs);
  return {
    arrivalsMs: arrivals,
    begunMs: shared(),
    endedMs: shared(),
    takenBy: new Uint8Array(new SharedArrayBuffer(count)),
    counters: new Int32Array(new SharedArrayBuffer(COUNTER_COUNT * Int32Array.BYTES_PER_ELEMENT)),
  };
}

/** @returns null when there is none left, or all shall stop */
export function takeRequest({ counters, arrivalsMs }: RequestBoard): number | null {
  if (isStopped({ counters })) return null;
  const index = Atomics.add(counters, NEXT, 1);
  return index < arrivalsMs.length ? index : null;
}

export function countAnswer({ counters }: Pick<RequestBoard, 'counters'>): void {
  Atomics.add(counters, ANSWERED, 1);
}

export function answeredCount({ counters }: Pick<RequestBoard, 'counters'>): number {
  return Atomics.load(counters, ANSWERED);
}

/** Whoever waits for a request to arrive is woken. */
export function stopBoard({ counters }: Pick<RequestBoard, 'counters'>): void {
  Atomics.store(counters, IS_STOPPED, 1);
  Atomics.notify(counters, IS_STOPPED);
}

export function isStopped({ counters }: Pick<RequestBoard, 'counters'>): boolean {
  return Atomics.load(counters, IS_STOPPED) === 1;
}

/** Sleeps without a turn of the event loop, until so much time is over or all shall stop. */
export function sleepOnBoard({ counters }: Pick<RequestBoard, 'counters'>, forMs: number): void {
  Atomics.wait(counters, IS_STOPPED, 0, forMs);
}

/** How many requests, in the order of arrival, are answered without a gap. */
export function answeredInOrder({ endedMs }: Pick<RequestBoard, 'endedMs'>): number {
  const firstOpen = endedMs.indexOf(0);
  return firstOpen === -1 ? endedMs.length : firstOpen;
}
