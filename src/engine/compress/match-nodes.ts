/** Nodes that settings of a pass name: by name, where * stands for any characters, or by type. */
import { AppError } from '#shared/app-error.ts';
import type { ModelProto, NodeProto } from '../onnx/ir.ts';
import { walkNodes } from '../onnx/walk-model.ts';
import { nodeLabel } from './node-label.ts';

/** Describes a setting of names. */
export const NAMES_THAT_STAY =
  'Nodes that stay float32, by name, or by what they make where they have none; * stands for any characters.';

type Matcher = (node: NodeProto) => boolean;

/**
 * @param setting that holds the texts, for the error
 * Errors: `invalid-input` for a text that no node has: a slip of the pen would change what was to stay.
 */
export function matchNames(model: ModelProto, texts: readonly string[], setting: string): Matcher {
  const patterns = texts.map(patternOf);
  const labels = [...walkNodes(model)].map(nodeLabel);
  const unknown = texts.find((_, index) => !labels.some((label) => patterns[index]?.test(label)));
  if (unknown !== undefined) {
    throw new AppError(
      'invalid-input',
      `${setting} names “${unknown}”, and no node of the model has that name. Correct or remove it, or put * where any characters may stand.`,
    );
  }
  return (node) => patterns.some((pattern) => pattern.test(nodeLabel(node)));
}

/**
 * @param allowed types that may be named although the model does not have them, such as a default that suits all models
 * Errors: `invalid-input` for a type that no node has.
 */
export function matchOperators(
  model: ModelProto,
  types: readonly string[],
  { setting, allowed = [] }: { setting: string; allowed?: readonly string[] },
): Matcher {
  const known = new Set([...walkNodes(model)].map(({ opType }) => opType));
  const unknown = types.find((type) => !known.has(type) && !allowed.includes(type));
  if (unknown !== undefined) {
    throw new AppError(
      'invalid-input',
      `${setting} names “${unknown}”, which the model does not have. Correct or remove it; it has ${[...known].toSorted().join(', ')}.`,
    );
  }
  return ({ opType }) => types.includes(opType);
}

function patternOf(text: string): RegExp {
  // Names may hold line breaks.
  return new RegExp(`^${text.split('*').map(escapeText).join('.*')}$`, 's');
}

function escapeText(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
}
