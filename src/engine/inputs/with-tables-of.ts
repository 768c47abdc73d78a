import { AppError } from '#shared/app-error.ts';
import type { InputSlot } from '../runtime/resolve-shapes.ts';
import { withTables } from './with-tables.ts';

/**
 * The inputs of a session with the tables of its file. That is read without its weights, and only where an input holds integers: the
 * memory of this process is measured.
 * @returns them as they are for a file that only ONNX Runtime can read
 */
export async function withTablesOf(path: string, slots: readonly InputSlot[]): Promise<readonly InputSlot[]> {
  if (!slots.some(({ dtype }) => /^u?int/.test(dtype))) return slots;
  const [{ loadModel }, { indexTables }] = await Promise.all([
    import('../onnx/load-model.ts'),
    import('../onnx/index-tables.ts'),
  ]);
  try {
    const { model } = await loadModel(path, { leavesWeights: true });
    return withTables(slots, indexTables(model));
  } catch (error) {
    if (error instanceof AppError) return slots;
    throw error;
  }
}
