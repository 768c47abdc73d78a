/** The job that measures the quality of variants on a provider; each result is saved as soon as it is there. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { caseSettingsSchema } from '#shared/case.ts';
import { evaluateInputSchema } from '#shared/contract/quality.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { Model, Variant } from '#shared/model.ts';
import type { Quality } from '#shared/quality.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Machine } from '../devices/machine.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import { inputsOfFile } from '../experiments/plan-inputs.ts';
import type { JobContext, JobHandler } from '../jobs/job-handler.ts';
import { chooseInputs } from '../library/choose-inputs.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { Store } from '../store/store.ts';

type EvaluateInput = z.output<typeof evaluateInputSchema>;

/** What `Quality.datasetId` says when there is no dataset. */
const GENERATED_INPUTS = 'generated';

const SILENCE_LIMIT_MS = 300_000;

export function createEvaluateHandler(dependencies: {
  store: Store;
  engines: EngineHost;
  library: ModelLibrary;
  datasets: DatasetCatalog;
  machine: Machine;
}): JobHandler {
  const { store, engines, library, datasets, machine } = dependencies;

  const inputsOf = async (
    request: EvaluateInput,
    model: Model,
    signal: AbortSignal,
  ): Promise<{ inputs: InputSource; datasetId: string }> => {
    if (request.inputsPath !== undefined) {
      const { labels = null, limit = null } = request;
      return inputsOfFile(request.inputsPath, { labels, limit, signal });
    }
    const { inputs, dataset } = await chooseInputs(datasets, model, {
      datasetId: request.datasetId,
      split: 'test',
      limit: request.limit ?? null,
    });
    return { inputs, datasetId: dataset?.id ?? GENERATED_INPUTS };
  };

  const evaluate = async (
    variant: Variant,
    request: EvaluateInput,
    deviceFingerprint: string,
    context: JobContext,
    onFraction: (fraction: number | null, message: string) => void,
  ): Promise<Quality> => {
    const model = library.getModel(variant.modelId);
    const reference = library.getVariant(request.referenceId ?? variant.modelId);
    const { inputs, datasetId } = await inputsOf(request, model, context.signal);
    const startMs = performance.now();
    const measured = await engines.call(
      'quality.evaluate',
      {
        path: variant.path,
        referencePath: reference.id === variant.id ? null : reference.path,
        provider: request.provider,
        settings: caseSettingsSchema.parse({}),
        inputs,
      },
      {
        silenceLimitMs: SILENCE_LIMIT_MS,
        signal: context.signal,
        onProgress: ({ fraction, message }) => onFraction(fraction, message),
      },
    );
    return {
      ...measured,
      id: randomUUID(),
      variantId: variant.id,
      provider: request.provider,
      deviceFingerprint,
      datasetId,
      referenceId: reference.id === variant.id ? null : reference.id,
      createdAtMs: Date.now(),
      durationMs: performance.now() - startMs,
    };
  };

  return {
    needsMachine: true,
    async run(input, context) {
      const request = evaluateInputSchema.parse(input);
      const { fingerprint } = await unlessAborted(machine.device(), context.signal);
      const qualityIds: string[] = [];
      for (const [index, variantId] of request.variantIds.entries()) {
        const variant = library.getVariant(variantId);
        const count = request.variantIds.length;
        const quality = await evaluate(variant, request, fingerprint, context, (fraction, message) =>
          context.report((index + (fraction ?? 0)) / count, `${variant.name}: ${message}`),
        );
        store.quality.add(quality);
        qualityIds.push(quality.id);
      }
      return { qualityIds };
    },
  };
}
