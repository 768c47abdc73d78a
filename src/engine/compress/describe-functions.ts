import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { finding } from './pass.ts';

/** That a pass leaves the functions of a model alone, where it has any. */
export function describeFunctions({ functions }: ModelProto): Finding[] {
  if (functions.length === 0) return [];
  const nodeCount = functions.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const names = functions.map(({ name }) => name);
  return [
    finding(
      'info',
      'functions-kept',
      `${countText(nodeCount, 'operator')} with what belongs to them stayed as they were: they are inside of ${countText(names.length, 'function')} of the model’s own, where this step does not look. Export the model with its functions inlined to change them too.`,
      names,
    ),
  ];
}
