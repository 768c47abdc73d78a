import { type ModelProto, opsetImportSchema } from '../onnx/ir.ts';
import { createMessage } from '../onnx/message.ts';

/** ONNX Runtime's own operators. */
export const MICROSOFT = 'com.microsoft';

/** Says that a model uses operators of a domain, in their first version unless it says another. */
export function importDomain(model: ModelProto, domain: string): void {
  if (model.opsetImports.some((opset) => opset.domain === domain)) return;
  model.opsetImports.push(createMessage(opsetImportSchema, { domain, version: 1 }));
}
