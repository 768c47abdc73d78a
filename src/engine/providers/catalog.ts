/** Every provider's options, described for people and for forms. */
import { z } from 'zod';
import type { JsonObject } from '#shared/json.ts';
import type { EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import type { ProviderDescriptor } from '#shared/provider-options.ts';
import { type ProviderId, providerIdSchema } from '#shared/provider.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import { webProviderAbouts } from '../web/provider-options.ts';
import { changedOptions, type OptionsOwner } from './check-options.ts';
import { nativeProvider } from './registry.ts';

type About = OptionsOwner & Omit<ProviderDescriptor, 'optionsSchema'>;

export function providerCatalog(): ProviderDescriptor[] {
  return providerIdSchema.options.map((provider) => {
    const { id, title, platforms, needs, notOffered, ignoredSettings, options } = aboutOf(provider);
    const optionsSchema = z.toJSONSchema(options, { io: 'input' }) as JsonObject;
    return { id, title, platforms, needs, optionsSchema, notOffered, ignoredSettings };
  });
}

/**
 * @returns of each set what differs from the provider's defaults
 * Errors: `invalid-input`, naming the provider, the option, its value and what is allowed.
 */
export function checkOptions({ sets }: EngineParams<'providers.checkOptions'>): EngineResult<'providers.checkOptions'> {
  return { sets: sets.map(({ id, options }) => changedOptions(aboutOf(id), options)) };
}

function aboutOf(id: ProviderId): About {
  return isWebProvider(id) ? { ...webProviderAbouts[id], platforms: ['browser'] } : nativeProvider(id);
}
