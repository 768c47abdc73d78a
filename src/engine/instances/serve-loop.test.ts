import { describe, expect, it } from 'vitest';
import { simulateQueue } from '#shared/scenarios/queue.ts';
import { answeredCount, answeredInOrder, createRequestBoard, stopBoard } from './request-board.ts';
import { serveLoop } from './serve-loop.ts';

/** Instances that take turns by who is free first, in a time of their own: each awaits only its clock. */
async function serveAll(
  arrivalsMs: number[],
  { instanceCount, serviceMs }: { instanceCount: number; serviceMs: number },
) {
  const board = createRequestBoard(Float64Array.from(arrivalsMs));
  const clocks = Array.from<number>({ length: instanceCount }).fill(0);
  const waiting: { at: number; go: () => void }[] = [];
  /** Goes on in the order of the clocks, as threads do in time. */
  const turn = (instance: number): Promise<void> =>
    new Promise((go) => waiting.push({ at: clocks[instance] as number, go }));
  const loops = clocks.map((_, instance) =>
    serveLoop(board, {
      instance,
      now: () => clocks[instance] as number,
      sleep: (forMs) => {
        clocks[instance] = (clocks[instance] as number) + Math.max(forMs, 0.01);
      },
      run: async () => {
        clocks[instance] = (clocks[instance] as number) + serviceMs;
        await turn(instance);
      },
    }),
  );
  const over = Promise.all(loops).then(() => true);
  const nextTurn = (): Promise<boolean> => new Promise((resolve) => setImmediate(() => resolve(false)));
  while (!(await Promise.race([over, nextTurn()]))) {
    waiting.sort((a, b) => a.at - b.at);
    waiting.shift()?.go();
  }
  return board;
}

describe('instances at one queue', () => {
  it.each([1, 2, 3])(
    '%i of them begin requests in the order of arrival, whoever is free first',
    async (instanceCount) => {
      const arrivalsMs = [0, 0, 0, 0, 0, 0, 0];
      const board = await serveAll(arrivalsMs, { instanceCount, serviceMs: 4 });
      const latencies = simulateQueue(arrivalsMs, { instanceCount, serviceMs: () => 4 });
      expect([...board.endedMs]).toEqual([...latencies]);
      expect([...board.begunMs].toSorted((a, b) => a - b)).toEqual([...board.begunMs]);
    },
  );

  it('do not begin a request before it has arrived', async () => {
    const board = createRequestBoard(Float64Array.of(1, 5, 5.1, 30));
    let nowMs = 0;
    await serveLoop(board, {
      instance: 0,
      // A clock goes on while somebody waits awake.
      now: () => (nowMs += 0.01),
      sleep: (forMs) => void (nowMs += forMs),
      run: async () => void (nowMs += 2),
    });
    for (const [index, begunMs] of board.begunMs.entries())
      expect(begunMs).toBeGreaterThanOrEqual(board.arrivalsMs[index] as number);
    expect(board.begunMs[2]).toBeGreaterThanOrEqual(board.endedMs[1] as number);
    expect(answeredCount(board)).toBe(4);
  });

  it('end the run they are in when all shall stop, and begin no other', async () => {
    const board = createRequestBoard(new Float64Array(100));
    let runs = 0;
    await serveLoop(board, {
      instance: 0,
      now: () => 1 + runs,
      sleep: () => {},
      run: async () => {
        runs += 1;
        if (runs === 3) stopBoard(board);
      },
    });
    expect([runs, answeredCount(board), answeredInOrder(board)]).toEqual([3, 3, 3]);
  });
});
