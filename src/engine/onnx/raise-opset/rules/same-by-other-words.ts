/** Operators, modes and defaults that got other names or values. */
import { textAttribute } from '../../attributes.ts';
import { createAttribute } from '../../ir.ts';
import type { RaiseRule } from '../raise-rule.ts';

export const scatterToScatterElements: RaiseRule = (node, { editor }) =>
  editor.update(node, { opType: 'ScatterElements' });

/** Pixels were not half a pixel off before. */
export const roiAlignMode: RaiseRule = (node, { editor }) => {
  const mode = createAttribute('coordinate_transformation_mode', 'output_half_pixel');
  editor.update(node, { attributes: [...node.attributes, mode] });
};

const gridModes: Record<string, string> = { bilinear: 'linear', bicubic: 'cubic' };

export const gridSampleModes: RaiseRule = (node, { editor }) => {
  const mode = textAttribute(node, 'mode', 'bilinear');
  const others = node.attributes.filter(({ name }) => name !== 'mode');
  editor.update(node, { attributes: [...others, createAttribute('mode', gridModes[mode] ?? mode)] });
};

/** The two ways of padding to the size of the input changed places. */
export const convTransposePadding: RaiseRule = (node, { refuse }) => {
  if (textAttribute(node, 'auto_pad', 'NOTSET').startsWith('SAME')) {
    refuse('pads to the size of its input (auto_pad), which was done at the other end');
  }
};

export const scanBatch: RaiseRule = (_node, { refuse }) =>
  refuse('scans each item of a batch by itself, which is gone');
