/** What the machine and the engine process did while one block was measured. null: the platform does not tell. */
import { z } from 'zod';

/** What the process itself was given and disturbed by, all of its threads. Source: getrusage(2), by Node. */
export const processUsageSchema = z.object({
  cpuMs: z.number(),
  /** It waited for something, such as a lock of its own threads. */
  voluntarySwitches: z.number(),
  /** The system took the core away. */
  involuntarySwitches: z.number(),
  minorFaults: z.number(),
  /** Pages that had to be read from a disk. */
  majorFaults: z.number(),
});
export type ProcessUsage = z.infer<typeof processUsageSchema>;

export const blockContextSchema = z.object({
  /** From the reading before the block to the one after it. */
  wallMs: z.number(),
  /** Both readings together; they lie outside of the samples. */
  readingMs: z.number(),
  usage: processUsageSchema.nullable(),
  /** Cores' worth of work of everything but this engine and the workbench. */
  otherCores: z.number().nullable(),
  /** Cores' worth of time that the hypervisor gave to others while this machine wanted to work. */
  stolenCores: z.number().nullable(),
  /** Share of the time in which a task waited for a core, or for memory. */
  cpuPressure: z.number().nullable(),
  memoryPressure: z.number().nullable(),
  /** Of the fastest core, right after the block. */
  clockMegahertz: z.number().nullable(),
  /** How often the processor throttled itself for heat. */
  throttleCount: z.number().nullable(),
  isOnBattery: z.boolean().nullable(),
  /** Of all processors and their memory, over `wallMs`; absent in blocks of older versions. */
  energyJoules: z.number().nullable().optional(),
});
export type BlockContext = z.infer<typeof blockContextSchema>;
