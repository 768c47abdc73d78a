import { ELEMENT_TYPES, type ElementType } from './element-types.ts';
import {
  dimensionSchema,
  shapeSchema,
  tensorTypeSchema,
  typeSchema,
  type ValueInfoProto,
  valueInfoSchema,
} from './ir.ts';
import { createMessage } from './message.ts';

/** A tensor as inputs and outputs of a graph declare it. @param dims sizes, and names of open dimensions; null leaves the shape open */
export function createValueInfo(
  name: string,
  type: ElementType,
  dims: readonly (number | string)[] | null,
): ValueInfoProto {
  const tensor = createMessage(tensorTypeSchema, { elementType: ELEMENT_TYPES[type].code });
  if (dims !== null) {
    const dimensions = dims.map((size) =>
      createMessage(dimensionSchema, typeof size === 'number' ? { value: size } : { parameter: size }),
    );
    tensor.shape = createMessage(shapeSchema, { dimensions });
  }
  return createMessage(valueInfoSchema, { name, type: createMessage(typeSchema, { tensor }) });
}
