/**
 * How long threads of ONNX Runtime's pool spin while they wait for work, in every session of an engine.
 *
 * By default they spin for tens of milliseconds up to seconds after a run, and so take cores away from the case that is
 * measured next in another process. A millisecond bridges the gaps inside a run and between runs back to back, where times
 * were the same as with the default; see docs/measuring.md.
 */
const SPIN_US = '1000';

/** Entries of ONNX Runtime's session configuration. Two objects: ONNX Runtime Web takes one that it meets twice for a circle. */
export const shortSpinEntries = {
  session: { intra_op: { spin_duration_us: SPIN_US }, inter_op: { spin_duration_us: SPIN_US } },
};
