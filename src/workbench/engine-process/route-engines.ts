import type { ProviderId } from '#shared/provider.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import type { EngineHost } from './engine-host.ts';

/** One host for all providers: those of browsers run in pages, everything else in native engine processes. */
export function routeEngines({ native, web }: { native: EngineHost; web: EngineHost }): EngineHost {
  const hostOf = (provider: ProviderId | undefined): EngineHost =>
    provider !== undefined && isWebProvider(provider) ? web : native;
  return {
    obstacleOf: (provider) => hostOf(provider).obstacleOf(provider),
    start: (options = {}) => hostOf(options.provider).start(options),
    call: (method, params, options) =>
      hostOf('provider' in params ? params.provider : undefined).call(method, params, options),
    async close() {
      // Pages first: they may still ask the native engines about a file.
      await web.close();
      await native.close();
    },
  };
}
