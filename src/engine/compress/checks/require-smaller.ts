import { AppError } from '#shared/app-error.ts';
import { formatBytes, formatCount } from '#shared/format.ts';
import type { ModelInspection } from '#shared/model.ts';

type Contents = Pick<ModelInspection, 'sizeBytes' | 'operators' | 'bytesByDtype'>;

/**
 * Refuses what is no compression: sizes are those on disk, external data and metadata included.
 * Errors: `unsupported` when the result is not smaller, or only because the same weights and operators are written with less padding.
 */
export function requireSmaller(result: Contents, about: { parent: Contents; recipeName: string }): void {
  const { parent, recipeName } = about;
  if (result.sizeBytes >= parent.sizeBytes) {
    throw new AppError(
      'unsupported',
      `The recipe “${recipeName}” does not make this model smaller: ${sizeText(result, parent)} instead of ${sizeText(parent, result)}. Nothing is kept.`,
    );
  }
  if (isSame(result.operators, parent.operators) && isSame(result.bytesByDtype, parent.bytesByDtype)) {
    throw new AppError(
      'unsupported',
      `The recipe “${recipeName}” changes neither the operators of this model nor the size of its weights; the file would be smaller only by how it is written. Nothing is kept.`,
    );
  }
}

/** To the byte where rounding would hide the difference. */
function sizeText({ sizeBytes }: Contents, other: Contents): string {
  const text = formatBytes(sizeBytes);
  return text === formatBytes(other.sizeBytes) ? `${formatCount(sizeBytes)} bytes` : text;
}

function isSame(first: Readonly<Record<string, number>>, second: Readonly<Record<string, number>>): boolean {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...names].every((name) => first[name] === second[name]);
}
