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
  const begun = ended.map((endedMs, index) => endedMs - (services[index] as number));
  // What has begun is ended.
  const tooLate = begun.findIndex((begunMs) => begunMs > limitMs);
  const possible = tooLate === -1 ? ended.length : tooLate;
  const looks = stop === null ? [] : planLooks(stop.plannedCount).filter((look) => look <= possible);
  const decided = looks.find(
    (look) => stop !== null && judgeLateShare(latencies.subarray(0, look), stop).verdict !== 'undecided',
  );
  const count = decided ?? possible;
  return {
    startedAtMs: Date.now(),
    begunMs: begun.slice(0, count),
    endedMs: ended.slice(0, count),
    takenBy: Uint8Array.from({ length: count }, (_, index) => index % instanceCount),
    isCutShort: count < arrivalsMs.length,
    peakBytes: 150 * 2 ** 20,
    usage: null,
  };
}
