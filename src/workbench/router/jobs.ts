import type { JobRunner } from '../jobs/job-runner.ts';
import type { Store } from '../store/store.ts';
import type { Implementer } from './implementer.ts';

export function jobsRouter(os: Implementer, { jobs, store }: { jobs: JobRunner; store: Store }) {
  return os.jobs.router({
    list: os.jobs.list.handler(({ input }) => jobs.list(input.limit)),
    get: os.jobs.get.handler(({ input }) => jobs.get(input.id)),
    log: os.jobs.log.handler(({ input }) => {
      jobs.get(input.id);
      return store.jobs.log(input.id);
    }),
    cancel: os.jobs.cancel.handler(({ input }) => jobs.cancel(input.id)),
    watch: os.jobs.watch.handler(({ input, signal }) => jobs.watch(input.id, signal)),
    resume: os.jobs.resume.handler(({ input }) => jobs.resume(input.id)),
  });
}
