import type { IndexTable } from '#shared/model.ts';
import type { InputSlot } from '../runtime/resolve-shapes.ts';

/** Inputs with the tables that their values are indices of, so that generated ones are valid. */
export function withTables(slots: readonly InputSlot[], tables: ReadonlyMap<string, IndexTable>): InputSlot[] {
  return slots.map((slot) => {
    const table = tables.get(slot.name);
    return table ? { ...slot, table } : slot;
  });
}
