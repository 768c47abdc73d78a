import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import type { Inlining } from '../onnx/functions/inline-functions.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { finding } from './pass.ts';

/** Which functions of a model became what is inside of them, and which a pass leaves alone, and why. */
export function describeFunctions({ functions }: ModelProto, { callCount, inlined, kept }: Inlining): Finding[] {
  const findings = [...Map.groupBy(kept, ({ reason }) => reason)].map(([reason, group]) => {
    const names = group.map(({ name }) => name);
    const bodies = functions.filter(({ name }) => names.includes(name));
    const nodeCount = bodies.reduce((sum, { nodes }) => sum + nodes.length, 0);
    return finding(
      'info',
      'functions-kept',
      `${countText(nodeCount, 'operator')} stayed as they were, inside of ${countText(names.length, 'function')} of the model’s own, where this step does not look, because ${reason}.`,
      names,
    );
  });
  if (callCount === 0) return findings;
  const message = `${countText(callCount, 'call')} of ${countText(inlined.length, 'function')} of the model’s own became what is inside of them, so that this step sees it.`;
  return [finding('info', 'functions-inlined', message, inlined), ...findings];
}
