/** Settings that ONNX Runtime takes as entries of its session configuration. Runs anywhere. */
import type { CaseSettings } from '#shared/case.ts';

/**
 * By default threads spin for tens of milliseconds up to seconds after a run, and so take cores away from the case that is
 * measured next in another process. A millisecond bridges the gaps inside a run and between runs back to back, where times
 * were the same as with the default; see docs/measuring.md.
 */
const SHORT_SPIN_US = '1000';

const spinningEntries: Record<CaseSettings['spinning'], Record<string, string>> = {
  short: { 'session.intra_op.spin_duration_us': SHORT_SPIN_US, 'session.inter_op.spin_duration_us': SHORT_SPIN_US },
  off: { 'session.intra_op.allow_spinning': '0', 'session.inter_op.allow_spinning': '0' },
  default: {},
};

type ConfigSettings = Pick<CaseSettings, 'spinning' | 'preciseInt8' | 'flushDenormals' | 'sessionConfig'>;

/** Free entries come last, so that they win: also over how long threads spin. */
export function sessionConfigOf(settings: ConfigSettings): Record<string, string> {
  return {
    ...spinningEntries[settings.spinning],
    ...(settings.preciseInt8 ? { 'session.x64quantprecision': '1' } : {}),
    ...(settings.flushDenormals ? { 'session.set_denormal_as_zero': '1' } : {}),
    ...settings.sessionConfig,
  };
}
