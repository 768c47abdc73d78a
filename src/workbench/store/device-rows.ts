import { type Device, deviceSchema } from '#shared/device.ts';
import { fromJsonColumn, toJsonColumn } from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

export function createDeviceRows({ sqlite, write }: StoreDatabase) {
  const upsert = sqlite.prepare(
    `INSERT INTO devices VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET facts = excluded.facts, seen_at_ms = excluded.seen_at_ms`,
  );
  const insertUnknown = sqlite.prepare('INSERT INTO devices VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const selectMeasured = sqlite.prepare<[], { facts: string }>(
    `SELECT facts FROM devices
     WHERE fingerprint IN (SELECT device_fingerprint FROM experiments WHERE removed_at_ms IS NULL)
     ORDER BY seen_at_ms DESC`,
  );
  return {
    save: (device: Device, seenAtMs: number): void =>
      write(() => void upsert.run(device.fingerprint, toJsonColumn(device), seenAtMs)),
    /** A device of an imported file: what this machine knows of itself is newer. */
    saveUnknown: (device: Device, seenAtMs: number): void =>
      write(() => void insertUnknown.run(device.fingerprint, toJsonColumn(device), seenAtMs)),
    /** Every device that something was measured on. */
    listMeasured: (): Device[] => selectMeasured.all().map((row) => fromJsonColumn(deviceSchema, row.facts)),
  };
}
