import { AppError } from '#shared/app-error.ts';
import { elementTypeName } from '../onnx/element-types.ts';
import type { GraphProto } from '../onnx/ir.ts';
import type { InputSlot } from '../runtime/resolve-shapes.ts';

/**
 * The inputs of a graph as ONNX Runtime will describe them: without weights, which were inputs too before IR version 4, and a
 * shape that the file does not give as that of a scalar.
 * Errors: `unsupported`, naming the input, for sequences, maps and optionals.
 */
export function declaredInputs(graph: GraphProto): InputSlot[] {
  const initialized = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs
    .filter(({ name }) => !initialized.has(name))
    .map(({ name, type }) => {
      if (!type?.tensor) {
        throw new AppError(
          'unsupported',
          `The input “${name}” is not a tensor; Whittle can run models with tensor inputs only.`,
        );
      }
      const dimensions = type.tensor.shape?.dimensions ?? [];
      const shape = dimensions.map(({ value, parameter }) => value ?? parameter ?? '');
      return { name, dtype: elementTypeName(type.tensor.elementType), shape };
    });
}
