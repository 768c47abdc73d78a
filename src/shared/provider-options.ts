/**
 * Options of a provider: the shape is known here; which a provider takes, with defaults and ranges, is known to the provider
 * itself (`src/engine/providers/`, `src/engine/web/provider-options.ts`), which checks them and describes them as JSON Schema.
 */
import { z } from 'zod';
import { jsonObjectSchema } from './json.ts';
import { providerIdSchema } from './provider.ts';

const optionValueSchema = z.union([
  z.string().max(1024),
  z.number(),
  z.boolean(),
  z.array(z.string().max(1024)).max(256),
]);

/** By name, e.g. `{ "preferredLayout": "NHWC" }`. */
export const providerOptionsSchema = z.record(z.string().min(1), optionValueSchema);
export type ProviderOptions = z.infer<typeof providerOptionsSchema>;

/** What a provider says of itself, for `whittle devices --options` and the forms on screen. */
export const providerDescriptorSchema = z.object({
  id: providerIdSchema,
  title: z.string(),
  /** `linux`, `darwin`, `win32`, or `browser`. */
  platforms: z.array(z.string()),
  /** A sentence. */
  needs: z.string(),
  /** JSON Schema (draft 2020-12) of the options: every property has a default and a description. */
  optionsSchema: jsonObjectSchema,
  /** What the runtime has and its JavaScript binding does not pass on, so that it is not offered: a sentence; null for nothing. */
  notOffered: z.string().nullable(),
  /** Settings of a case that the provider ignores, each with a sentence that says why. */
  ignoredSettings: z.array(z.object({ setting: z.string(), reason: z.string() })),
});
export type ProviderDescriptor = z.infer<typeof providerDescriptorSchema>;
