/** Element types of tensors, by the names used on screen and in JSON. Codes: `TensorProto.DataType` of the ONNX IR. */

export const ELEMENT_TYPES = {
  float32: { code: 1, bits: 32 },
  uint8: { code: 2, bits: 8 },
  int8: { code: 3, bits: 8 },
  uint16: { code: 4, bits: 16 },
  int16: { code: 5, bits: 16 },
  int32: { code: 6, bits: 32 },
  int64: { code: 7, bits: 64 },
  string: { code: 8, bits: 0 },
  bool: { code: 9, bits: 8 },
  float16: { code: 10, bits: 16 },
  float64: { code: 11, bits: 64 },
  uint32: { code: 12, bits: 32 },
  uint64: { code: 13, bits: 64 },
  complex64: { code: 14, bits: 64 },
  complex128: { code: 15, bits: 128 },
  bfloat16: { code: 16, bits: 16 },
  float8e4m3fn: { code: 17, bits: 8 },
  float8e4m3fnuz: { code: 18, bits: 8 },
  float8e5m2: { code: 19, bits: 8 },
  float8e5m2fnuz: { code: 20, bits: 8 },
  uint4: { code: 21, bits: 4 },
  int4: { code: 22, bits: 4 },
  float4e2m1: { code: 23, bits: 4 },
  float8e8m0: { code: 24, bits: 8 },
  uint2: { code: 25, bits: 2 },
  int2: { code: 26, bits: 2 },
} as const;

export type ElementType = keyof typeof ELEMENT_TYPES;

const byCode = new Map(Object.entries(ELEMENT_TYPES).map(([name, { code }]) => [code as number, name as ElementType]));

/** Undefined for a code that no version of ONNX up to IR 13 knows. */
export function elementTypeOf(code: number): ElementType | undefined {
  return byCode.get(code);
}

export function elementTypeName(code: number): string {
  return byCode.get(code) ?? `type ${code}`;
}

/** Bytes of `count` elements in raw form; elements below 8 bits share bytes. */
export function rawByteLength(type: ElementType, count: number): number {
  return Math.ceil((count * ELEMENT_TYPES[type].bits) / 8);
}
