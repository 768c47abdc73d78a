import { AppError } from '#shared/app-error.ts';
import type { ModelProto } from '../onnx/ir.ts';

/** Errors: `unsupported` for a model of an older opset than the operators that a pass writes. */
export function requireOpset(model: ModelProto, oldest: number, pass: string): void {
  const opset = model.opsetImports.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  if (opset >= oldest) return;
  throw new AppError(
    'unsupported',
    `The model has opset ${opset}, and ${pass} needs ${oldest}. Export it with opset ${oldest} or newer, or convert it with onnx.version_converter.`,
  );
}
