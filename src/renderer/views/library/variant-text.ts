/** What is said of a variant in tables and lists. */
import type { Model, TensorInfo, Variant } from '#shared/model.ts';
import type { Quality } from '#shared/quality.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { NOT_KNOWN, sizeChangeText } from '#shared/text/number-text.ts';

export function isOriginal(variant: Pick<Variant, 'id' | 'modelId'>): boolean {
  return variant.id === variant.modelId;
}

export function originalOf(model: Model): Variant | undefined {
  return model.variants.find(isOriginal);
}

/** Samples last: what a user brought is what they came for. */
export function ownNewestFirst(
  a: Pick<Model, 'isSample' | 'importedAtMs'>,
  b: Pick<Model, 'isSample' | 'importedAtMs'>,
): number {
  if (a.isSample !== b.isSample) return a.isSample ? 1 : -1;
  return a.isSample ? 0 : b.importedAtMs - a.importedAtMs;
}

/** Where a variant is looked into. */
export function variantAddress(modelId: string, variantId: string): string {
  return `/library/${modelId}?variant=${variantId}`;
}

/** `74 % smaller`; null for the original itself. */
export function sizeAgainstOriginal(variant: Variant, model: Model): string | null {
  const original = originalOf(model);
  if (isOriginal(variant) || !original) return null;
  return sizeChangeText(variant.sizeBytes, original.sizeBytes);
}

/** `float16`, `fold-batch-norm, quantize-static`; a dash for the original. */
export function recipeText(variant: Pick<Variant, 'recipe'>): string {
  return variant.recipe === null ? NOT_KNOWN : variant.recipe.name;
}

/** The newest accuracy of a variant on labelled data, on the CPU where it is known there. */
export function accuracyOf(quality: readonly Quality[], variantId: string): Quality | null {
  const labelled = quality.filter((item) => item.variantId === variantId && item.metrics.top1 !== undefined);
  const onCpu = labelled.filter(({ provider }) => provider === 'node:cpu');
  const candidates = onCpu.length > 0 ? onCpu : labelled;
  return candidates.toSorted((a, b) => b.createdAtMs - a.createdAtMs)[0] ?? null;
}

/** `float32 [batch, 1, 28, 28]`; `?` where the file does not say. */
export function tensorText({ dtype, shape }: Pick<TensorInfo, 'dtype' | 'shape'>): string {
  if (shape === null) return `${dtype} of unknown shape`;
  return `${dtype} [${shape.map((size) => (size === null ? '?' : isolateName(String(size)))).join(', ')}]`;
}
