import type { Machine } from '../devices/machine.ts';
import type { Store } from '../store/store.ts';
import type { Implementer } from './implementer.ts';

export function devicesRouter(os: Implementer, { machine, store }: { machine: Machine; store: Store }) {
  return os.devices.router({
    current: os.devices.current.handler(({ input }) => machine.device(input)),
    list: os.devices.list.handler(() => store.devices.listMeasured()),
    providers: os.devices.providers.handler(({ input }) => machine.providers(input)),
  });
}
