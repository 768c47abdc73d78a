import type { CaseSettings } from '#shared/case.ts';

/** Dimensions that the file does not name are written `input:axis`; ONNX Runtime knows names only. */
const UNNAMED_DIMENSION = /:\d+$/;

/** Named dimensions become fixed before the graph is optimised, as on a device that runs one size. */
export function namedDimensionsOf({ dimensions }: Pick<CaseSettings, 'dimensions'>): {
  freeDimensionOverrides?: Record<string, number>;
} {
  const named = Object.entries(dimensions).filter(([name]) => !UNNAMED_DIMENSION.test(name));
  return named.length > 0 ? { freeDimensionOverrides: Object.fromEntries(named) } : {};
}
