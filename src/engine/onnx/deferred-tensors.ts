/**
 * Tensors whose elements are computed when they are written or looked at, and forgotten again: a model may be larger than
 * memory. Computing them twice gives the same bytes.
 */
import { ELEMENT_TYPES, type ElementType, rawByteLength } from './element-types.ts';
import { createTensor, type TensorProto } from './ir.ts';
import { releaseScratch, takeScratch } from './scratch-buffer.ts';
import { floatPiecesOf, readFloatsInto, snapshotOf } from './tensor-contents.ts';

export type TensorPlan = { name: string; type: ElementType; dims: readonly number[] };

/** What was computed last stays at hand up to this size, and always the very last. */
const MOST_KEPT_BYTES = 16 * 2 ** 20;
/** Scales and zero points of one value: they cost nothing to keep, and a whole weight to compute again. */
const ALWAYS_KEPT_BYTES = 1024;

/** Weights of most models are smaller. */
const LARGEST_EAGER_BYTES = 2 ** 20;

type Results = { parts: readonly ArrayBufferView[]; byteLength: number };
/** By the computation that gave them, the one used longest ago first. */
const kept = new Map<object, Results>();

/** Gives back what was computed last, where something else needs the room now. */
export function forgetComputed(): void {
  kept.clear();
}

/**
 * Tensors that one computation gives together, such as integers with their scales and zero points. Give it what it reads by
 * `snapshotOf`, so that edits of the model between now and then do not change it.
 * @param compute little-endian elements of each, row-major, of exactly the planned type and dims; the same on every call
 */
export function deferTensors(plans: readonly TensorPlan[], compute: () => readonly ArrayBufferView[]): TensorProto[] {
  const small = new Map<number, Uint8Array>();
  const remember = (parts: readonly ArrayBufferView[]): void => {
    for (const [index, part] of parts.entries()) {
      if (part.byteLength <= ALWAYS_KEPT_BYTES) small.set(index, bytesOf(part).slice());
    }
  };
  return plans.map((plan, index) => {
    const byteLength = byteLengthOf(plan);
    const read = (): Uint8Array => {
      const bytes = small.get(index) ?? bytesOf(computeOnce(compute, remember)[index] as ArrayBufferView);
      if (bytes.byteLength === byteLength) return bytes;
      throw new Error(`“${plan.name}” was planned with ${byteLength} bytes and came out with ${bytes.byteLength}.`);
    };
    return tensorOf(plan, { byteLength, read, pieces: () => [read()] });
  });
}

/**
 * The elements of a floating tensor, each converted by itself, piece by piece.
 * @param convert as many elements of the planned type as it is given, the first of which has this index
 */
export function convertTensor(
  name: string,
  type: ElementType,
  tensor: TensorProto,
  convert: (values: Float32Array, first: number) => ArrayBufferView,
): TensorProto {
  const source = snapshotOf(tensor);
  const plan: TensorPlan = { name, type, dims: tensor.dims };
  const byteLength = byteLengthOf(plan);
  function* pieces(): Generator<Uint8Array> {
    let first = 0;
    for (const values of floatPiecesOf(source)) {
      yield bytesOf(convert(values, first));
      first += values.length;
    }
  }
  return tensorOf(plan, {
    byteLength,
    pieces,
    read() {
      const whole = new Uint8Array(byteLength);
      let position = 0;
      for (const piece of pieces()) {
        whole.set(piece, position);
        position += piece.byteLength;
      }
      return whole;
    },
  });
}

/** What is computed of a tensor that is at hand, one change after the other. */
type Mapping = { source: TensorProto; changes: readonly ((values: Float32Array) => void)[] };
const mappings = new WeakMap<object, Mapping>();

/**
 * A float32 tensor whose elements are made of another's. Small ones are computed now, since they may be looked at often; several changes of
 * a large one are made in the place of one copy.
 * @param change replaces the elements that it is given, all of them, row-major, by new ones
 */
export function mapTensor(name: string, tensor: TensorProto, change: (values: Float32Array) => void): TensorProto {
  const known = mappings.get(tensor.rawData ?? tensor);
  const source = known?.source ?? snapshotOf(tensor);
  const changes = [...(known?.changes ?? []), change];
  const plan: TensorPlan = { name, type: 'float32', dims: tensor.dims };
  const byteLength = byteLengthOf(plan);
  const compute = (values: Float32Array): Uint8Array => {
    readFloatsInto(source, values);
    for (const apply of changes) apply(values);
    return bytesOf(values);
  };
  const read = (): Uint8Array => compute(new Float32Array(byteLength / 4));
  if (byteLength <= LARGEST_EAGER_BYTES) return tensorOf(plan, read());
  const contents = {
    byteLength,
    read,
    *pieces() {
      const buffer = takeScratch(byteLength);
      try {
        yield compute(new Float32Array(buffer, 0, byteLength / 4));
      } finally {
        releaseScratch(buffer);
      }
    },
  };
  mappings.set(contents, { source, changes });
  return tensorOf(plan, contents);
}

function computeOnce(
  compute: () => readonly ArrayBufferView[],
  remember: (parts: readonly ArrayBufferView[]) => void,
): readonly ArrayBufferView[] {
  const known = kept.get(compute);
  if (known) {
    // To the end of the order.
    kept.delete(compute);
    kept.set(compute, known);
    return known.parts;
  }
  const parts = compute();
  remember(parts);
  const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
  makeRoom(byteLength);
  kept.set(compute, { parts, byteLength });
  return parts;
}

function makeRoom(byteLength: number): void {
  let total = byteLength;
  for (const entry of kept.values()) total += entry.byteLength;
  for (const [computation, entry] of kept) {
    if (total <= MOST_KEPT_BYTES) return;
    kept.delete(computation);
    total -= entry.byteLength;
  }
}

function byteLengthOf({ type, dims }: TensorPlan): number {
  return rawByteLength(
    type,
    dims.reduce((product, size) => product * size, 1),
  );
}

function tensorOf({ name, type, dims }: TensorPlan, rawData: TensorProto['rawData']): TensorProto {
  return createTensor({ name, dims: [...dims], dataType: ELEMENT_TYPES[type].code, rawData });
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
