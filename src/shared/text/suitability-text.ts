import type { Suitability } from '../suitability/suitability.ts';

export const suitabilityTitles: Readonly<Record<Suitability['level'], string>> = {
  recommended: 'Suits',
  possible: 'Possible',
  unlikely: 'Hardly suits',
};
