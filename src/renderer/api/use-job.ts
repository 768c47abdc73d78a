/** Cancelling and resuming jobs; what a job is doing is read by `orpc.jobs.get` and `orpc.jobs.list`. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, orpc } from './client.ts';

/** The job, kept current; nothing while the id is null. */
export function useJob(jobId: string | null) {
  return useQuery({
    ...orpc.jobs.get.queryOptions({ input: { id: jobId ?? '' } }),
    enabled: jobId !== null,
  });
}

export function useCancelJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.jobs.cancel({ id }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: orpc.jobs.key() }),
  });
}

export function useResumeJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.jobs.resume({ id }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: orpc.jobs.key() }),
  });
}
