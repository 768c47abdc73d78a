import { fidelitySchema } from '#shared/model.ts';
import { providerIdSchema } from '#shared/provider.ts';
import { pairedSchema, type Quality, qualitySchema } from '#shared/quality.ts';
import { fromJsonColumn, fromNullableJsonColumn, toJsonColumn, toNullableJsonColumn } from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

type QualityRow = {
  id: string;
  variant_id: string;
  provider: string;
  device_fingerprint: string;
  dataset_id: string;
  item_count: number;
  metrics: string;
  reference_id: string | null;
  fidelity: string | null;
  paired: string | null;
  created_at_ms: number;
  duration_ms: number;
};

export function createQualityRows({ sqlite, write }: StoreDatabase) {
  const insert = sqlite.prepare(
    'INSERT INTO quality VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const selectOne = sqlite.prepare<[string], QualityRow>('SELECT * FROM quality WHERE id = ?');
  // A look at a few items must not hide what was measured of all of them. rowid settles equal times.
  const selectBest = sqlite.prepare<[{ variantIds: string | null }], QualityRow>(
    `SELECT * FROM quality AS candidate
     WHERE (@variantIds IS NULL OR variant_id IN (SELECT value FROM json_each(@variantIds)))
       AND NOT EXISTS (
         SELECT 1 FROM quality AS better
         WHERE better.variant_id = candidate.variant_id AND better.provider = candidate.provider
           AND better.device_fingerprint = candidate.device_fingerprint AND better.dataset_id = candidate.dataset_id
           AND (better.item_count, better.created_at_ms, better.rowid) > (candidate.item_count, candidate.created_at_ms, candidate.rowid))
     ORDER BY created_at_ms DESC, rowid DESC`,
  );
  return {
    /** @returns false when it was known already */
    add: (quality: Quality): boolean =>
      write(
        () =>
          insert.run(
            quality.id,
            quality.variantId,
            quality.provider,
            quality.deviceFingerprint,
            quality.datasetId,
            quality.itemCount,
            toJsonColumn(quality.metrics),
            quality.referenceId,
            toNullableJsonColumn(quality.fidelity),
            toNullableJsonColumn(quality.paired),
            quality.createdAtMs,
            quality.durationMs,
          ).changes === 1,
      ),
    get: (id: string): Quality | null => {
      const row = selectOne.get(id);
      return row === undefined ? null : toQuality(row);
    },
    /** Of each variant, provider, device and dataset that of most items, and of such the newest. */
    listBest: (variantIds?: readonly string[]): Quality[] =>
      selectBest.all({ variantIds: variantIds ? JSON.stringify(variantIds) : null }).map(toQuality),
  };
}

function toQuality(row: QualityRow): Quality {
  return {
    id: row.id,
    variantId: row.variant_id,
    provider: providerIdSchema.parse(row.provider),
    deviceFingerprint: row.device_fingerprint,
    datasetId: row.dataset_id,
    itemCount: row.item_count,
    metrics: fromJsonColumn(qualitySchema.shape.metrics, row.metrics),
    referenceId: row.reference_id,
    fidelity: fromNullableJsonColumn(fidelitySchema, row.fidelity),
    paired: fromNullableJsonColumn(pairedSchema, row.paired),
    createdAtMs: row.created_at_ms,
    durationMs: row.duration_ms,
  };
}
