/** What is asked of a session that is measured, whichever way leads into ONNX Runtime. Runs anywhere. */
import type { EngineTensor } from '#shared/engine-protocol.ts';
import type { InputSlot } from '../runtime/resolve-shapes.ts';

export type TimingRequest = {
  /** Untimed runs before the first sample. */
  settleRuns: number;
  minimumSamples: number;
  durationMs: number;
  /** No run begins after so long. */
  limitMs?: number;
};

export const ONE_RUN: TimingRequest = { settleRuns: 0, minimumSamples: 1, durationMs: 0 };

/** Every sample in the order measured, nothing dropped; `startedAtMs` by the wall clock. Times in milliseconds. */
export type TimedRuns = { startedAtMs: number; samplesMs: Float64Array };

/** A session that runs on the same arrays again and again. */
export type TimedSession = {
  slots: InputSlot[];
  /** What all runs get, by the names of the inputs. */
  feed: (arrays: Readonly<Record<string, EngineTensor>>) => void;
  timeRuns: (request: TimingRequest) => Promise<TimedRuns>;
  /** One untimed run: its outputs that are tensors of numbers, as copies. */
  readOutputs: () => Promise<Record<string, EngineTensor>>;
  release: () => Promise<void>;
};
