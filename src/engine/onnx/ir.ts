/**
 * The ONNX IR: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (IR version 13). Objects are plain and may be changed in
 * place, but bytes are views on the file and must never be written into: put new bytes in their place.
 */
import {
  bytesListField,
  contentsField,
  floatsField,
  int64sField,
  intField,
  intsField,
  messageField,
  messagesField,
  optionalBytesField,
  optionalFloatField,
  optionalInt64Field,
  optionalIntField,
  optionalTextField,
  packedField,
  textField,
  textsField,
} from './fields.ts';
import { createMessage, defineMessage, type Schema } from './message.ts';
import { type LazyBytes, WIRE_FIXED32, WIRE_FIXED64, WIRE_VARINT } from './wire.ts';

export type StringEntry = { key: string; value: string };

export type OpsetImport = { domain: string; version: number };

export type TensorProto = {
  dims: number[];
  /** Code of the element type, see `element-types.ts`. */
  dataType: number;
  /** Packed numbers of the typed fields, as protobuf bytes; read them with `tensor-contents.ts`. */
  floatData: Uint8Array;
  int32Data: Uint8Array;
  int64Data: Uint8Array;
  doubleData: Uint8Array;
  uint64Data: Uint8Array;
  stringData: Uint8Array[];
  name: string;
  docString: string;
  /** Little-endian elements. External data is found here too once a model is loaded. */
  rawData: Uint8Array | LazyBytes | undefined;
  externalData: StringEntry[];
  /** 1: in the file that `externalData` names. */
  dataLocation: number;
};

export type SparseTensorProto = { values: TensorProto | undefined; indices: TensorProto | undefined; dims: number[] };

export type DimensionProto = { value: number | undefined; parameter: string | undefined };
export type ShapeProto = { dimensions: DimensionProto[] };
export type TensorTypeProto = { elementType: number; shape: ShapeProto | undefined };

export type TypeProto = {
  tensor: TensorTypeProto | undefined;
  sequence: { element: TypeProto | undefined } | undefined;
  map: { keyType: number; value: TypeProto | undefined } | undefined;
  sparseTensor: TensorTypeProto | undefined;
  optional: { element: TypeProto | undefined } | undefined;
};

export type ValueInfoProto = { name: string; type: TypeProto | undefined };

export type AttributeProto = {
  name: string;
  /** One of ATTRIBUTE_TYPES. */
  type: number;
  /** In a function body: the function's attribute whose value this one takes. */
  referenceName: string;
  float: number | undefined;
  int: bigint | undefined;
  bytes: Uint8Array | undefined;
  tensor: TensorProto | undefined;
  graph: GraphProto | undefined;
  sparseTensor: SparseTensorProto | undefined;
  typeProto: TypeProto | undefined;
  floats: number[];
  ints: bigint[];
  bytesList: Uint8Array[];
  tensors: TensorProto[];
  graphs: GraphProto[];
  sparseTensors: SparseTensorProto[];
};

export type NodeProto = {
  /** '' marks an optional input or output that is left out. */
  inputs: string[];
  outputs: string[];
  name: string;
  opType: string;
  domain: string;
  overload: string;
  attributes: AttributeProto[];
};

export type GraphProto = {
  name: string;
  nodes: NodeProto[];
  initializers: TensorProto[];
  sparseInitializers: SparseTensorProto[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
  valueInfos: ValueInfoProto[];
};

export type FunctionProto = {
  name: string;
  domain: string;
  overload: string;
  inputs: string[];
  outputs: string[];
  /** Attributes without a default. */
  attributeNames: string[];
  nodes: NodeProto[];
  opsetImports: OpsetImport[];
  /** Attributes that a call may leave out, with the values that they have then. */
  attributeDefaults: AttributeProto[];
  valueInfos: ValueInfoProto[];
};

export type ModelProto = {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  graph: GraphProto | undefined;
  opsetImports: OpsetImport[];
  metadata: StringEntry[];
  functions: FunctionProto[];
};

export const ATTRIBUTE_TYPES = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
  sparseTensor: 11,
  sparseTensors: 12,
  typeProto: 13,
  typeProtos: 14,
} as const;

export const stringEntrySchema: Schema<StringEntry> = defineMessage('text entry', {
  key: textField(1),
  value: textField(2),
});

export const opsetImportSchema = defineMessage<OpsetImport>('opset import', {
  domain: textField(1),
  version: intField(2),
});

export const tensorSchema = defineMessage<TensorProto>('tensor', {
  dims: intsField(1),
  dataType: intField(2),
  floatData: packedField(4, WIRE_FIXED32),
  int32Data: packedField(5, WIRE_VARINT),
  stringData: bytesListField(6),
  int64Data: packedField(7, WIRE_VARINT),
  name: textField(8),
  rawData: contentsField(9),
  doubleData: packedField(10, WIRE_FIXED64),
  uint64Data: packedField(11, WIRE_VARINT),
  docString: textField(12),
  externalData: messagesField(13, () => stringEntrySchema),
  dataLocation: intField(14),
});

const sparseTensorSchema = defineMessage<SparseTensorProto>('sparse tensor', {
  values: messageField(1, () => tensorSchema),
  indices: messageField(2, () => tensorSchema),
  dims: intsField(3),
});

export const dimensionSchema = defineMessage<DimensionProto>('dimension', {
  value: optionalIntField(1),
  parameter: optionalTextField(2),
});
export const shapeSchema = defineMessage<ShapeProto>('shape', { dimensions: messagesField(1, () => dimensionSchema) });
export const tensorTypeSchema = defineMessage<TensorTypeProto>('tensor type', {
  elementType: intField(1),
  shape: messageField(2, () => shapeSchema),
});
const sequenceTypeSchema = defineMessage<{ element: TypeProto | undefined }>('sequence type', {
  element: messageField(1, () => typeSchema),
});
const mapTypeSchema = defineMessage<{ keyType: number; value: TypeProto | undefined }>('map type', {
  keyType: intField(1),
  value: messageField(2, () => typeSchema),
});
export const typeSchema: Schema<TypeProto> = defineMessage<TypeProto>('type', {
  tensor: messageField(1, () => tensorTypeSchema),
  sequence: messageField(4, () => sequenceTypeSchema),
  map: messageField(5, () => mapTypeSchema),
  sparseTensor: messageField(8, () => tensorTypeSchema),
  optional: messageField(9, () => sequenceTypeSchema),
});

export const valueInfoSchema = defineMessage<ValueInfoProto>('value', {
  name: textField(1),
  type: messageField(2, () => typeSchema),
});

export const attributeSchema: Schema<AttributeProto> = defineMessage<AttributeProto>('attribute', {
  name: textField(1),
  float: optionalFloatField(2),
  int: optionalInt64Field(3),
  bytes: optionalBytesField(4),
  tensor: messageField(5, () => tensorSchema),
  graph: messageField(6, () => graphSchema),
  floats: floatsField(7),
  ints: int64sField(8),
  bytesList: bytesListField(9),
  tensors: messagesField(10, () => tensorSchema),
  graphs: messagesField(11, () => graphSchema),
  typeProto: messageField(14, () => typeSchema),
  type: intField(20),
  referenceName: textField(21),
  sparseTensor: messageField(22, () => sparseTensorSchema),
  sparseTensors: messagesField(23, () => sparseTensorSchema),
});

export const nodeSchema = defineMessage<NodeProto>('node', {
  inputs: textsField(1),
  outputs: textsField(2),
  name: textField(3),
  opType: textField(4),
  attributes: messagesField(5, () => attributeSchema),
  domain: textField(7),
  overload: textField(8),
});

export const graphSchema: Schema<GraphProto> = defineMessage<GraphProto>('graph', {
  nodes: messagesField(1, () => nodeSchema),
  name: textField(2),
  initializers: messagesField(5, () => tensorSchema),
  inputs: messagesField(11, () => valueInfoSchema),
  outputs: messagesField(12, () => valueInfoSchema),
  valueInfos: messagesField(13, () => valueInfoSchema),
  sparseInitializers: messagesField(15, () => sparseTensorSchema),
});

export const functionSchema = defineMessage<FunctionProto>('function', {
  name: textField(1),
  inputs: textsField(4),
  outputs: textsField(5),
  attributeNames: textsField(6),
  nodes: messagesField(7, () => nodeSchema),
  opsetImports: messagesField(9, () => opsetImportSchema),
  domain: textField(10),
  attributeDefaults: messagesField(11, () => attributeSchema),
  valueInfos: messagesField(12, () => valueInfoSchema),
  overload: textField(13),
});

export const modelSchema = defineMessage<ModelProto>('model', {
  irVersion: intField(1),
  producerName: textField(2),
  producerVersion: textField(3),
  graph: messageField(7, () => graphSchema),
  opsetImports: messagesField(8, () => opsetImportSchema),
  metadata: messagesField(14, () => stringEntrySchema),
  functions: messagesField(25, () => functionSchema),
});

export function createTensor(given: Partial<TensorProto>): TensorProto {
  return createMessage(tensorSchema, given);
}

export function createNode(given: Partial<NodeProto>): NodeProto {
  return createMessage(nodeSchema, given);
}

type AttributeValue = number | bigint | string | readonly number[] | readonly bigint[] | TensorProto;

/** Numbers become floats, bigints become ints. */
export function createAttribute(name: string, value: AttributeValue): AttributeProto {
  return createMessage(attributeSchema, { name, ...attributeFieldsOf(value) });
}

function attributeFieldsOf(value: AttributeValue): Partial<AttributeProto> {
  if (typeof value === 'number') return { type: ATTRIBUTE_TYPES.float, float: value };
  if (typeof value === 'bigint') return { type: ATTRIBUTE_TYPES.int, int: value };
  if (typeof value === 'string') return { type: ATTRIBUTE_TYPES.string, bytes: Buffer.from(value, 'utf8') };
  if ('dims' in value) return { type: ATTRIBUTE_TYPES.tensor, tensor: value };
  const values: readonly (number | bigint)[] = value;
  return typeof values[0] === 'number'
    ? { type: ATTRIBUTE_TYPES.floats, floats: [...(value as readonly number[])] }
    : { type: ATTRIBUTE_TYPES.ints, ints: [...(value as readonly bigint[])] };
}
