import { AppError } from '#shared/app-error.ts';
import type { Machine } from '../devices/machine.ts';
import { adviseProviders } from '#shared/provider-advice.ts';
import { measuredAgainstCpu } from '../devices/measured-against-cpu.ts';
import type { ExperimentBook } from '../experiments/experiment-book.ts';
import type { ProviderCatalog } from '../devices/provider-catalog.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { ProviderLibraries } from '../provider-libraries/provider-libraries.ts';
import type { Store } from '../store/store.ts';
import type { Implementer } from './implementer.ts';

export function devicesRouter(
  os: Implementer,
  parts: {
    machine: Machine;
    providerCatalog: ProviderCatalog;
    store: Store;
    libraries: ProviderLibraries;
    jobs: JobRunner;
    book: ExperimentBook;
  },
) {
  const { machine, providerCatalog, store, libraries, jobs, book } = parts;
  return os.devices.router({
    current: os.devices.current.handler(({ input }) => machine.device(input)),
    list: os.devices.list.handler(() => store.devices.listMeasured()),
    advice: os.devices.advice.handler(async () => {
      const device = await machine.device();
      const measured = measuredAgainstCpu(book, device.fingerprint);
      return adviseProviders({ device, providers: await machine.providers(), measured });
    }),
    providerOptions: os.devices.providerOptions.handler(() => providerCatalog.list()),
    providers: os.devices.providers.handler(({ input }) => machine.providers(input)),
    libraries: os.devices.libraries.handler(async () => libraries.state(await machine.device())),
    libraryDownload: os.devices.libraryDownload.handler(async () => libraries.offer(await machine.device())),
    getLibraries: os.devices.getLibraries.handler(async () => {
      const { status, reason } = await libraries.state(await machine.device());
      if (status === 'unavailable') throw new AppError('unsupported', reason ?? 'They cannot be had here.');
      const job = jobs.start({ kind: 'download', title: 'Get the CUDA libraries', subject: null, input: null });
      return { jobId: job.id };
    }),
    removeLibraries: os.devices.removeLibraries.handler(async () => {
      await libraries.remove();
      return libraries.state(await machine.device());
    }),
  });
}
