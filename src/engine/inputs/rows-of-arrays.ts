/** Arrays of a file cut into items, by what a model takes. Pure. */
import { AppError } from '#shared/app-error.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { axisKey, type InputSlot, resolveShapes } from '../runtime/resolve-shapes.ts';
import { requireArray } from './match-arrays.ts';

export type ArrayRows = {
  /** All there are. */
  itemCount: number;
  /** Items that a run takes; null: as many as are wanted. */
  itemsPerRun: number | null;
  /** The arrays of one run. Where it takes more items than `count`, zeros follow. */
  take: (first: number, count: number) => Map<string, EngineTensor>;
};

/** `whole`: an item is all that the input takes. `row`: it is a row of the batch. `same`: all items get the array as it is. */
type Role = 'whole' | 'row' | 'same';

/**
 * The first axis of an array counts items where the input's first dimension is the batch: open, or fixed at another size than the
 * array has. An array with one axis more than the input holds an input for each item, as states need it whose batch is not
 * their first axis. What the input takes as it is (a constant, a scalar) is the same for all.
 * Errors: `invalid-input`, naming an input without an array, two with different numbers of items, or one that has none or whose batch cannot be put together.
 */
export function rowsOfArrays(
  slots: readonly InputSlot[],
  arrays: ReadonlyMap<string, EngineTensor>,
  fileName: string,
): ArrayRows {
  const { assumedAxes } = resolveShapes(slots, { batchSize: 1, dimensions: {} });
  const given = slots.map((slot, position) => {
    const array = requireArray(arrays, { name: slot.name, position, fileName });
    return { slot, array, role: roleOf(slot, array, assumedAxes) };
  });
  const cut = given.filter(({ role }) => role !== 'same');
  // Where a run takes the whole file, it has as many items as the model fixes.
  const [first = given.find(({ slot }) => typeof slot.shape[0] === 'number')] = cut;
  const itemCount = first?.array.shape[0] ?? 1;
  for (const { slot, array } of cut) {
    if (array.shape[0] === itemCount) continue;
    throw new AppError(
      'invalid-input',
      `${fileName} has ${itemCount} items for the input “${first?.slot.name}” and ${array.shape[0]} for “${slot.name}”. Save one for each item, along the first axis.`,
    );
  }
  if (first) requireItems(first, fileName);
  const itemsPerRun = cut.length === 0 ? itemCount : itemsOfRun(given, fileName);
  return {
    itemCount,
    itemsPerRun,
    take: (start, count) =>
      new Map(
        given.map(({ slot, array, role }) => [
          slot.name,
          role === 'same'
            ? array
            : takeRows(array, { start, count, size: role === 'whole' ? null : (itemsPerRun ?? count) }),
        ]),
      ),
  };
}

/** Errors: `invalid-input` for an array without items: nothing can be measured on them, and nothing would differ. */
export function requireItems(
  { slot, array }: { slot: Pick<InputSlot, 'name'>; array: Pick<EngineTensor, 'shape'> },
  fileName: string,
): void {
  if (array.shape[0] !== 0) return;
  throw new AppError(
    'invalid-input',
    `${fileName} has no items: the array for the input “${slot.name}” is [${array.shape.join(', ')}]. Save one item or more, along the first axis.`,
  );
}

function roleOf({ name, shape }: InputSlot, array: EngineTensor, assumedAxes: ReadonlySet<string>): Role {
  if (array.shape.length === shape.length + 1) return 'whole';
  if (array.shape.length !== shape.length || shape.length === 0) return 'same';
  const isBatch = typeof shape[0] === 'string' ? !assumedAxes.has(axisKey(name, 0)) : shape[0] !== array.shape[0];
  return isBatch ? 'row' : 'same';
}

function itemsOfRun(given: readonly { slot: InputSlot; role: Role }[], fileName: string): number | null {
  const sizes = new Set(
    given.flatMap(({ slot: { name, shape }, role }) => {
      if (role === 'whole') return [1];
      if (role === 'row') return typeof shape[0] === 'number' ? [shape[0]] : [];
      // An array for all items holds one batch, and an open batch inside of it is that of one item.
      return hasBatchInside(name, shape) ? [1] : [];
    }),
  );
  if (sizes.size > 1) {
    throw new AppError(
      'invalid-input',
      `The inputs of the model take ${[...sizes].join(' and ')} rows at once, so items cannot be cut from ${fileName}. Save arrays with one axis more, each with a whole input for every item.`,
    );
  }
  return [...sizes][0] ?? null;
}

function hasBatchInside(name: string, shape: InputSlot['shape']): boolean {
  const slot = { name, dtype: '', shape: [1, ...shape.slice(1)] };
  return resolveShapes([slot], { batchSize: 1, dimensions: {} }).hasSymbolicBatch;
}

/** @param about.size rows of what comes out; null: one row, without the axis that counts them */
function takeRows(
  { dtype, shape, bytes }: EngineTensor,
  { start, count, size }: { start: number; count: number; size: number | null },
): EngineTensor {
  const [rows = 1, ...others] = shape;
  const rowBytes = bytes.length / rows;
  // A copy, which begins where elements of every size may begin.
  const taken = new Uint8Array((size ?? 1) * rowBytes);
  taken.set(bytes.subarray(start * rowBytes, (start + count) * rowBytes));
  return { dtype, shape: size === null ? others : [size, ...others], bytes: taken };
}
