/** How findings are laid out, on screen, in the terminal and in reports. */
import type { Finding } from '../model.ts';

export const CHECKS_TITLE = 'What ONNX Runtime makes of it on this CPU';
/** For where the machine is not the one that compressed it. */
export const CHECKS_METHOD =
  'From the graph that ONNX Runtime’s CPU provider runs after all its optimizations, on the machine that compressed the model; other providers and CPUs can differ.';

/** Warnings first, each kind in its order. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [
    ...findings.filter(({ severity }) => severity === 'warning'),
    ...findings.filter(({ severity }) => severity !== 'warning'),
  ];
}
