/** What a model would be fed, before anything runs. */
import { z } from 'zod';
import { inputFactSchema } from './run-record.ts';

/** Of generated values `lowest` and `highest` are the ends of the range that they are drawn from, and null where it has none. */
export const inputForecastSchema = inputFactSchema.extend({
  /** Dimensions beside the batch that neither the file of the model nor the settings fix, and the size that was taken. */
  assumed: z.array(z.object({ dimension: z.string(), size: z.number() })),
});
export type InputForecast = z.infer<typeof inputForecastSchema>;

/** What would be generated for a model. */
export const generatedInputsSchema = z.object({
  inputs: z.array(inputForecastSchema),
  /** A sentence where values cannot be made for all inputs; then there are none. */
  refusal: z.string().nullable(),
});
export type GeneratedInputs = z.infer<typeof generatedInputsSchema>;
