/** Why the times of continuous use may not repeat, from its windows of one second. Pure. */
import type { SampleBlock } from './run.ts';
import type { StabilityReason } from './stability-reason.ts';
import { judgeContext } from './statistics/judge-context.ts';
import { spacedSamples } from './statistics/spaced-samples.ts';
import { judgeStability } from './statistics/stability.ts';
import { summarizeContext } from './statistics/summarize-context.ts';
import { countText } from './text/number-text.ts';

/** The rules compare windows in pairs, and continuous use may last a day. */
const MOST_WINDOWS = 120;
const MOST_SAMPLES_OF_WINDOW = 200;
/** Those that speak of times alone. Continuous use has no interval that wandering would widen, nor a median that is compared. */
const KINDS = new Set(['drift', 'spread', 'outliers', 'bimodality', 'frequency-change']);

type Window = Pick<SampleBlock, 'startedAtMs' | 'samplesMs' | 'context'>;

/**
 * By the rules of `judgeStability` and `judgeContext`. Beyond 120 windows neighbours are taken together, with some of their samples.
 * @returns nothing below six windows
 */
export function sustainedReasons(windows: readonly Window[]): StabilityReason[] {
  const { reasons } = judgeStability(takeTogether(windows));
  if (reasons.some(({ kind }) => kind === 'too-few-samples')) return [];
  // Without times, which are judged above.
  const meanwhile = judgeContext(windows.map((window) => ({ ...window, samplesMs: [] })));
  return [
    ...reasons.filter(({ kind }) => KINDS.has(kind)),
    ...meanwhile.map((reason) => (reason.kind === 'thermal' ? throttled(windows) : reason)),
  ];
}

/** Of a short run it is a disturbance; here it is what was asked. */
function throttled(windows: readonly Window[]): StabilityReason {
  const count = summarizeContext(windows)?.throttleCount ?? 0;
  return {
    kind: 'thermal',
    message: `The processor throttled itself for heat ${countText(count, 'time')}: its speed at the end is what long use gives here.`,
  };
}

function takeTogether(windows: readonly Window[]): SampleBlock[] {
  const size = Math.ceil(windows.length / MOST_WINDOWS);
  const groups = Array.from({ length: size === 0 ? 0 : Math.ceil(windows.length / size) }, (_, index) =>
    windows.slice(index * size, (index + 1) * size),
  );
  return groups.map((group, index) => ({
    blockIndex: index,
    round: index,
    startedAtMs: group[0]?.startedAtMs ?? 0,
    samplesMs: spacedSamples(
      group.flatMap(({ samplesMs }) => samplesMs),
      MOST_SAMPLES_OF_WINDOW,
    ),
    context: group[0]?.context ?? null,
  }));
}
