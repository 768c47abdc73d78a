/** Instances of a model whose runs always take the same time, in a time of its own: the queue is computed, so its truth is known. */
import type { EngineParams, EngineResult } from '../../src/shared/engine-protocol.ts';
import { judgeLateShare, planLooks } from '../../src/shared/statistics/late-share.ts';
import { simulateQueue } from '../../src/shared/scenarios/queue.ts';

export function serveVirtually(
  { arrivalsMs, limitMs, stop }: EngineParams<'instances.serve'>,
  { serviceMs, instanceCount }: { serviceMs: () => number; instanceCount: number },
): EngineResult<'instances.serve'> {
  const services = Float64Array.from(arrivalsMs, serviceMs);
  let next = 0;
  const queue = { serviceMs: () => services[next++] as number, instanceCount };
  const latencies = simulateQueue(arrivalsMs, queue);
  const ended = latencies.map((latencyMs, index) => (arrivalsMs[index] as number) + latencyMs);
  const inTime = ended.findIndex((endedMs) => endedMs > limitMs);
  const possible = inTime === -1 ? ended.length : inTime;
  const looks = stop === null ? [] : planLooks(stop.plannedCount).filter((look) => look <= possible);
  const decided = looks.find(
    (look) => stop !== null && judgeLateShare(latencies.subarray(0, look), stop).verdict !== 'undecided',
  );
  const count = decided ?? possible;
  return {
    startedAtMs: Date.now(),
    begunMs: ended.slice(0, count).map((endedMs, index) => endedMs - (services[index] as number)),
    endedMs: ended.slice(0, count),
    takenBy: Uint8Array.from({ length: count }, (_, index) => index % instanceCount),
    isCutShort: count < arrivalsMs.length,
    peakBytes: 150 * 2 ** 20,
  };
}
