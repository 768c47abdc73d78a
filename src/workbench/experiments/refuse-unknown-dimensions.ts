import { AppError } from '#shared/app-error.ts';
import type { ExperimentPlan } from '#shared/case.ts';
import type { ModelInspection } from '#shared/model.ts';
import { quoteName } from '#shared/text/name-text.ts';

/**
 * A size of a dimension that no model has would change nothing, and what is measured would not be what was meant.
 * @param variants those of the plan
 * Errors: `invalid-input`, with the dimensions that there are.
 */
export function refuseUnknownDimensions(
  { settings: { dimensions }, reproduces }: Pick<ExperimentPlan, 'settings' | 'reproduces'>,
  variants: readonly { name: string; inspection: Pick<ModelInspection, 'inputs' | 'outputs'> }[],
): void {
  // An experiment that was measured with one can be measured so again; of an input of unknown rank nothing can be said.
  if (reproduces !== undefined) return;
  if (variants.some(({ inspection }) => inspection.inputs.some(({ shape }) => shape === null))) return;
  const known = new Set(variants.flatMap(({ inspection }) => openDimensions(inspection)));
  const unknown = Object.keys(dimensions).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const models = variants.length === 1 ? quoteName(variants[0]?.name ?? '') : 'None of the models';
  const there =
    known.size === 0
      ? 'all of its sizes are fixed in the file'
      : `there ${known.size === 1 ? 'is' : 'are'} ${[...known].map((name) => `“${name}”`).join(', ')}`;
  throw new AppError(
    'invalid-input',
    `${models} ${variants.length === 1 ? 'has no' : 'has a'} dimension “${unknown}” that could be set; ${there}.`,
  );
}

/** By name, and `input:axis` where the file gives none. */
function openDimensions({ inputs, outputs }: Pick<ModelInspection, 'inputs' | 'outputs'>): string[] {
  const named = [...inputs, ...outputs].flatMap(({ shape }) =>
    (shape ?? []).filter((size): size is string => typeof size === 'string' && size !== ''),
  );
  const unnamed = inputs.flatMap(({ name, shape }) =>
    (shape ?? []).flatMap((size, axis) => (size === null || size === '' ? [`${name}:${axis}`] : [])),
  );
  return [...named, ...unnamed];
}
