/** Arrays of a file held against what a model takes. Pure. */
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { encodeFloat16 } from '../onnx/half.ts';
import { axisKey, type InputSlot, resolveShapes } from '../runtime/resolve-shapes.ts';

/**
 * Arrays by the names of the inputs; those that numpy.savez called `arr_0`, `arr_1`, … in the order of the inputs. Others are left.
 * A dimension has to be what the file of the model or the settings fix; one that both leave open takes any size, the same
 * wherever it has the same name. Where the model takes float16, float32 is rounded to it, as items of datasets are: so the same file
 * serves a model and its variant.
 * Errors: `invalid-input`, naming the input, what the array is and what was expected.
 */
export function matchArrays(
  slots: readonly InputSlot[],
  arrays: ReadonlyMap<string, EngineTensor>,
  about: { fileName: string; settings: Pick<CaseSettings, 'batchSize' | 'dimensions'> },
): Record<string, EngineTensor> {
  const { fileName, settings } = about;
  const { inputs, assumedAxes } = resolveShapes(slots, settings);
  const named = new Map<string, number>();
  return Object.fromEntries(
    slots.map((slot, index) => {
      const array = inHalfWhere(
        slot.dtype === 'float16',
        requireArray(arrays, { name: slot.name, position: index, fileName }),
      );
      if (array.dtype !== slot.dtype) {
        throw refused(
          slot.name,
          `${array.dtype} in ${fileName}, and the model takes ${slot.dtype}. Convert it with .astype(numpy.${slot.dtype === 'bool' ? 'bool_' : slot.dtype})`,
        );
      }
      const expected = (inputs[index]?.shape ?? []).map((size, axis) => {
        if (!assumedAxes.has(axisKey(slot.name, axis))) return size;
        const symbol = slot.shape[axis] as string;
        const actual = array.shape[axis];
        if (symbol === '' || actual === undefined) return null;
        if (!named.has(symbol)) named.set(symbol, actual);
        return named.get(symbol) as number;
      });
      const fits =
        array.shape.length === expected.length &&
        expected.every((size, axis) => size === null || size === array.shape[axis]);
      if (!fits) throw refused(slot.name, explainShape({ slot, array, expected }, about));
      return [slot.name, array];
    }),
  );
}

function inHalfWhere(isWanted: boolean, array: EngineTensor): EngineTensor {
  if (!isWanted || array.dtype !== 'float32') return array;
  const { buffer, byteOffset, byteLength } = array.bytes;
  const values = new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
  return { ...array, dtype: 'float16', bytes: new Uint8Array(encodeFloat16(values).buffer) };
}

export function findArray(
  arrays: ReadonlyMap<string, EngineTensor>,
  name: string,
  position: number,
): EngineTensor | undefined {
  return arrays.get(name) ?? arrays.get(`arr_${position}`);
}

/** @param input.position among the inputs. Errors: `invalid-input` where the file has no array for the input. */
export function requireArray(
  arrays: ReadonlyMap<string, EngineTensor>,
  { name, position, fileName }: { name: string; position: number; fileName: string },
): EngineTensor {
  const array = findArray(arrays, name, position);
  if (array === undefined) throw missing(name, [...arrays.keys()], fileName);
  return array;
}

function explainShape(
  { slot, array, expected }: { slot: InputSlot; array: EngineTensor; expected: readonly (number | null)[] },
  { fileName, settings }: { fileName: string; settings: Pick<CaseSettings, 'batchSize'> },
): string {
  const wanted = expected.map((size) => size ?? 'any').join(', ');
  const declared = slot.shape.map((size) => (size === '' ? '?' : size)).join(', ');
  return `[${array.shape.join(', ')}] in ${fileName}, and [${wanted}] was expected: the model takes [${declared}], at batch ${settings.batchSize}. Choose the batch and the dimensions of the file, or save other arrays`;
}

function missing(name: string, held: readonly string[], fileName: string): AppError {
  return new AppError(
    'invalid-input',
    `${fileName} has no array for the input “${name}”; it has ${held.map((item) => `“${item}”`).join(', ')}. Save one under the name of the input.`,
  );
}

function refused(name: string, what: string): AppError {
  return new AppError('invalid-input', `The input “${name}” is ${what}.`);
}
