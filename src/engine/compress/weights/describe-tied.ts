import { formatBytes } from '#shared/format.ts';
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { finding } from '../pass.ts';
import type { WeightUse } from './find-weights.ts';

/** @param tied tables that are stored with a product, by `findTied` */
export function describeTied(
  uses: readonly WeightUse[],
  tied: ReadonlyMap<WeightUse, WeightUse>,
  { bits, blockSize }: { bits: number; blockSize: number },
): Finding[] {
  const products = new Set(uses.filter(({ kind }) => kind === 'product').map(({ weight }) => weight));
  const twice = uses.filter((use) => use.kind === 'table' && products.has(use.weight) && !tied.has(use));
  // Without zero points, which are few.
  const bytes = [...new Map(twice.map((use) => [use.weight, use])).values()].reduce(
    (sum, { inputs, outputs }) => sum + outputs * ((inputs * bits) / 8 + 4 * Math.ceil(inputs / blockSize)),
    0,
  );
  const findings: Finding[] = [];
  if (tied.size > 0) {
    findings.push(
      finding(
        'info',
        'table-shared',
        `${countText(tied.size, 'table')} of embeddings ${tied.size === 1 ? 'is' : 'are'} stored once with the product that has the same weight, in the product’s bits.`,
        [...tied.keys()].map(({ name }) => name),
      ),
    );
  }
  if (twice.length > 0) {
    findings.push(
      finding(
        'info',
        'table-stored-twice',
        `${countText(twice.length, 'table')} of embeddings ${twice.length === 1 ? 'is' : 'are'} stored beside the product with the same weight, which takes ${formatBytes(bytes)}: the integers of that are rounded for what it gives, or lie in other blocks. With method “nearest” and a width of whole blocks one would do for both.`,
        twice.map(({ name }) => name),
      ),
    );
  }
  return findings;
}
