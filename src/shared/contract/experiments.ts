import { z } from 'zod';
import { experimentPlanSchema } from '../case.ts';
import { experimentSchema, experimentSummarySchema } from '../experiment.ts';
import { preflightSchema } from '../preflight.ts';
import { alignedOperatorsSchema } from '../align-operators.ts';
import { dividedTimeSchema } from '../operator-profile.ts';
import { runSchema, sampleBlockSchema } from '../run.ts';
import { runDetailsSchema } from '../run-record.ts';
import { procedure } from './base.ts';

export const experimentsContract = {
  /** Starts a job; one experiment measures at a time on a machine, others wait in the queue. */
  start: procedure.input(experimentPlanSchema).output(z.object({ experimentId: z.string(), jobId: z.string() })),
  /**
   * What can be said of every case before it is measured. With `isRuntimeAsked` the session of each native case is made, without
   * running it, in a process of its own: that takes as long as loading does.
   */
  preflight: procedure
    .input(z.object({ plan: experimentPlanSchema, isRuntimeAsked: z.boolean().default(true) }))
    .output(preflightSchema),
  /** Measures it again with the same files, settings and seed; refused where a file or the device is another one. */
  reproduce: procedure
    /** `inputs`: where the file or the dataset of its inputs lies now, when that is not where it was; the hash has to be the same. */
    .input(z.object({ id: z.string(), inputs: z.string().min(1).optional() }))
    .output(z.object({ experimentId: z.string(), jobId: z.string() })),
  list: procedure.output(z.array(experimentSummarySchema)),
  get: procedure.input(z.object({ id: z.string() })).output(experimentSchema),
  rename: procedure
    .input(z.object({ id: z.string(), name: z.string().trim().min(1).max(120) }))
    .output(experimentSummarySchema),
  /** Reversible (`restore`) until the workbench stops. */
  remove: procedure.input(z.object({ id: z.string() })).output(z.object({ removedId: z.string() })),
  restore: procedure.input(z.object({ id: z.string() })).output(experimentSummarySchema),
};

export const runsContract = {
  get: procedure.input(z.object({ id: z.string() })).output(runSchema),
  samples: procedure
    .input(z.object({ runId: z.string() }))
    .output(z.object({ runId: z.string(), blocks: z.array(sampleBlockSchema) })),
  /** Where the time of a run goes; null where it was not profiled or has no times. `aligned`: beside its baseline, where that is another file on the same provider and has a profile too. */
  operators: procedure.input(z.object({ runId: z.string() })).output(
    z.object({
      runId: z.string(),
      operators: dividedTimeSchema.nullable(),
      aligned: alignedOperatorsSchema.nullable(),
    }),
  ),
  /** Phases and memory of a run, null where they were not kept; and what continuous use gave, second by second. */
  record: procedure.input(z.object({ runId: z.string() })).output(runDetailsSchema),
  /** Writes the experiments that hold these runs, raw samples included, to one file that `import` reads. */
  export: procedure
    .input(z.object({ ids: z.array(z.string()).min(1), path: z.string().min(1) }))
    .output(z.object({ path: z.string(), experimentCount: z.number(), runCount: z.number() })),
  import: procedure
    .input(z.object({ path: z.string().min(1) }))
    .output(z.object({ experimentIds: z.array(z.string()), runCount: z.number(), skippedCount: z.number() })),
};
