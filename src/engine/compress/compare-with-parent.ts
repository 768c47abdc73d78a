import { AppError } from '#shared/app-error.ts';
import type { EngineParams, EngineProgress } from '#shared/engine-protocol.ts';
import { formatBytes } from '#shared/format.ts';
import type { Fidelity, Finding, ModelInspection } from '#shared/model.ts';
import { measureFidelity } from '../quality/measure-fidelity.ts';
import { estimateComparison } from './estimate-comparison.ts';
import { finding } from './pass.ts';

/** Below, outputs point elsewhere: few models keep their accuracy. */
const LEAST_COSINE = 0.99;

/**
 * How far the file that a recipe made is from the one it was made of. No fidelity, but a finding, where the two do not fit into the
 * memory that is free, or where the parent cannot be fed or does not run on these inputs either.
 */
export async function compareWithParent(
  { path, outputPath, inputs }: Pick<EngineParams<'model.compress'>, 'path' | 'outputPath' | 'inputs'>,
  about: { parent: ModelInspection; result: ModelInspection; availableBytes: number },
  onProgress: (progress: EngineProgress) => void,
): Promise<{ fidelity: Fidelity | null; findings: Finding[] }> {
  const neededBytes = await estimateComparison({
    parent: { ...about.parent, path },
    result: { ...about.result, path: outputPath },
    inputs,
  });
  if (neededBytes > about.availableBytes) {
    return unknown(
      `It was not compared with its parent: running them one after the other needs about ${formatBytes(neededBytes)} of memory, and ${formatBytes(about.availableBytes)} are free. Evaluate it on a machine with more before you use it.`,
    );
  }
  const request = { referencePath: path, inputs, provider: 'node:cpu' } as const;
  try {
    const fidelity = await measureFidelity({ ...request, candidatePath: outputPath, onProgress });
    return { fidelity, findings: fidelity.cosine < LEAST_COSINE ? [warnOf(fidelity)] : [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.kind === 'input-output') return unknown(`It was not compared with its parent. ${error.message}`);
    if (error.kind === 'out-of-memory') {
      return unknown(`It was not compared with its parent, because memory ran out: ${error.message}`);
    }
    const isParentAtFault = await measureFidelity({ ...request, candidatePath: path }).then(
      () => false,
      () => true,
    );
    if (!isParentAtFault) throw error;
    return unknown(
      `It could not be compared with its parent, which does not run on these inputs either: ${error.message}`,
    );
  }
}

function unknown(message: string): { fidelity: null; findings: Finding[] } {
  return { fidelity: null, findings: [finding('warning', 'fidelity-unknown', message)] };
}

function warnOf({ cosine, inputs }: Fidelity): Finding {
  return finding(
    'warning',
    'low-fidelity',
    inputs === 'generated'
      ? `The outputs differ much from the parent’s (cosine ${cosine.toFixed(3)}) on generated inputs, on which some models give hardly anything. Compare them on real data before you use this file.`
      : `The outputs differ much from the parent’s (cosine ${cosine.toFixed(3)}). Measure its accuracy before you use this file.`,
  );
}
