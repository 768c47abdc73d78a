/** The inputs that a session runs on again and again. Runs anywhere. */
import type { CaseSettings } from '#shared/case.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { RunWarning } from '#shared/run.ts';
import type { InputFact } from '#shared/run-record.ts';
import type { ReadChunks } from '../datasets/byte-stream.ts';
import { firstArrays } from '../inputs/first-arrays.ts';
import { type Feeds, feedsOfArrays } from './make-feeds.ts';
import type { Ort } from './onnxruntime-types.ts';
import type { InputSlot } from './resolve-shapes.ts';

/** Errors: those of `firstArrays`. */
export async function firstInputs(
  about: { ort: Ort; slots: readonly InputSlot[]; read: ReadChunks },
  settings: CaseSettings,
  source: InputSource,
): Promise<{ feeds: Feeds; warnings: RunWarning[]; inputs: InputFact[] }> {
  const { arrays, ...described } = await firstArrays(about, settings, source);
  return { feeds: feedsOfArrays(about.ort, arrays), ...described };
}
