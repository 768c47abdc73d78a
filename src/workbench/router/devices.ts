import type { Machine } from '../devices/machine.ts';
import type { ProviderCatalog } from '../devices/provider-catalog.ts';
import type { Store } from '../store/store.ts';
import type { Implementer } from './implementer.ts';

type Parts = { machine: Machine; providerCatalog: ProviderCatalog; store: Store };

export function devicesRouter(os: Implementer, { machine, providerCatalog, store }: Parts) {
  return os.devices.router({
    current: os.devices.current.handler(({ input }) => machine.device(input)),
    list: os.devices.list.handler(() => store.devices.listMeasured()),
    providerOptions: os.devices.providerOptions.handler(() => providerCatalog.list()),
    providers: os.devices.providers.handler(({ input }) => machine.providers(input)),
  });
}
