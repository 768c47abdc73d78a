/** A pass: one compression technique. One file a pass; the registry has one line for each. */
import type { z } from 'zod';
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import type { IsaExtension } from '#shared/device.ts';
import type { Finding } from '#shared/model.ts';
import type { ModelProto } from '../onnx/ir.ts';

export type PassContext = {
  /** The file that the model was read from: for passes that run the parent to see its activations. */
  parentPath: string;
  /** Calibration inputs. */
  inputs: InputSource;
  /** Of this machine; what a choice between arithmetics rests on. */
  cpuExtensions: () => Promise<readonly IsaExtension[]>;
  onProgress: (progress: EngineProgress) => void;
};

/** @param why goes on after “because ” */
export type PassOpset = { wanted: number; least: number; why: string };

export type PassOutcome = {
  /** One sentence for people. */
  summary: string;
  findings: Finding[];
};

export type Pass<Settings extends z.ZodObject = z.ZodObject> = {
  /** Registry name, as recipes write it. */
  name: string;
  title: string;
  summary: string;
  goodFor: string;
  needsCalibration: boolean;
  /**
   * Opsets that the operators which it writes need. Before the pass an older model is raised to `wanted`; where it cannot be, the pass is
   * applied all the same from `least` on. Left out: any will do.
   */
  opset?: (settings: z.output<Settings>) => PassOpset;
  /** Whether constants are folded before, so that the pass sees weights that are computed in the graph. */
  foldsConstants?: boolean;
  /** Whether it changes what is inside of the model’s own functions too. Else they are inlined before. */
  changesFunctions?: boolean;
  /** Every setting with its default, its range and a description. */
  settings: Settings;
  /**
   * Changes the model in place. Weights are views on the file: new bytes are put in their place, never written into them.
   * Errors: `unsupported` when there is nothing that the pass can do on this model.
   */
  apply: (model: ModelProto, settings: z.output<Settings>, context: PassContext) => Promise<PassOutcome> | PassOutcome;
};

/** Keeps the type of the settings while the pass is written. */
export function definePass<Settings extends z.ZodObject>(pass: Pass<Settings>): Pass {
  return pass;
}

const MOST_SUBJECTS = 20;

export function finding(
  severity: Finding['severity'],
  kind: string,
  message: string,
  subjects: readonly string[] = [],
): Finding {
  const isCut = subjects.length > MOST_SUBJECTS;
  const listed = { kind, severity, message, subjects: subjects.slice(0, MOST_SUBJECTS) };
  return isCut ? { ...listed, subjectCount: subjects.length } : listed;
}
