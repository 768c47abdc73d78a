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

/** `a, b and 7 more`: the names that a finding is about, at most so many; empty where it names none. */
export function subjectsText({ subjects, subjectCount = subjects.length }: Finding, mostNames = Infinity): string {
  const shown = subjects.slice(0, mostNames);
  const hiddenCount = subjectCount - shown.length;
  return `${shown.join(', ')}${hiddenCount > 0 ? ` and ${hiddenCount.toLocaleString('en-US')} more` : ''}`;
}
