/** What one instance does: it takes the oldest request, waits until that has arrived, and runs it. Clock, sleep and run are passed in. */
import { countAnswer, isStopped, type RequestBoard, takeRequest } from './request-board.ts';

/** A sleeping thread wakes up about so late; the rest of the time is waited for awake. */
const AWAKE_MS = 0.2;

/**
 * All instances take from one queue, so an idle one gets the next request, and whoever gets free the oldest that waits: first come,
 * first served. The generator costs nothing while a model runs, because arrivals are drawn before and nobody announces them.
 */
export async function serveLoop(
  board: RequestBoard,
  about: {
    instance: number;
    run: () => Promise<unknown>;
    /** Milliseconds since the common start. */
    now: () => number;
    /** Blocks the thread. */
    sleep: (forMs: number) => void;
  },
): Promise<void> {
  const { instance, run, now, sleep } = about;
  for (let index = takeRequest(board); index !== null; index = takeRequest(board)) {
    const arrivalMs = board.arrivalsMs[index] as number;
    for (let restMs = arrivalMs - now(); restMs > 0; restMs = arrivalMs - now()) {
      if (isStopped(board)) return;
      if (restMs > AWAKE_MS) sleep(restMs - AWAKE_MS);
    }
    board.takenBy[index] = instance;
    board.begunMs[index] = now();
    await run();
    board.endedMs[index] = now();
    countAnswer(board);
  }
}
