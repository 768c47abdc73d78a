/** One rule for each change of meaning: operator, then the opset that changed it. */
import type { RaiseRule } from './raise-rule.ts';
import {
  axesToInput,
  clipToInputs,
  dftAxisToInput,
  padToInputs,
  sliceToInputs,
  splitCount,
  splitToInput,
  topKToInput,
  upsampleToInput,
} from './rules/attributes-to-inputs.ts';
import { dropoutMask, dropoutRatio } from './rules/dropout.ts';
import { batchNormOutputs, batchNormSpatial, groupNormPerChannel } from './rules/normalizations.ts';
import { resizeInputs, resizeModes, upsampleToResize } from './rules/resizing.ts';
import {
  convTransposePadding,
  gridSampleModes,
  roiAlignMode,
  scanBatch,
  scatterToScatterElements,
} from './rules/same-by-other-words.ts';
import { softmaxAxis } from './rules/softmax-axis.ts';

export const rules: Readonly<Record<string, Readonly<Record<number, RaiseRule>>>> = {
  BatchNormalization: { 9: batchNormSpatial, 14: batchNormOutputs },
  Clip: { 11: clipToInputs },
  ConvTranspose: { 11: convTransposePadding },
  DFT: { 20: dftAxisToInput },
  Dropout: { 10: dropoutMask, 12: dropoutRatio },
  GridSample: { 20: gridSampleModes },
  GroupNormalization: { 21: groupNormPerChannel },
  Hardmax: { 13: softmaxAxis },
  LogSoftmax: { 13: softmaxAxis },
  Pad: { 11: padToInputs },
  ReduceL1: { 18: axesToInput },
  ReduceL2: { 18: axesToInput },
  ReduceLogSum: { 18: axesToInput },
  ReduceLogSumExp: { 18: axesToInput },
  ReduceMax: { 18: axesToInput },
  ReduceMean: { 18: axesToInput },
  ReduceMin: { 18: axesToInput },
  ReduceProd: { 18: axesToInput },
  ReduceSum: { 13: axesToInput },
  ReduceSumSquare: { 18: axesToInput },
  Resize: { 11: resizeModes, 13: resizeInputs },
  RoiAlign: { 16: roiAlignMode },
  Scan: { 9: scanBatch },
  Scatter: { 11: scatterToScatterElements },
  Slice: { 10: sliceToInputs },
  Softmax: { 13: softmaxAxis },
  Split: { 13: splitToInput, 18: splitCount },
  Squeeze: { 13: axesToInput },
  TopK: { 10: topKToInput },
  Unsqueeze: { 13: axesToInput },
  Upsample: { 9: upsampleToInput, 10: upsampleToResize },
};
