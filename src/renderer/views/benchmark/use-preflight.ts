import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ExperimentPlanInput } from '#shared/case.ts';
import { client } from '../../api/client.ts';

/** While somebody types, a plan is asked about only now and then: each question starts processes. */
const SETTLED_MS = 300;

/** What the files say of a plan. Asked once, however many parts of the page show it. */
export function usePreflight(plan: ExperimentPlanInput) {
  const [key] = useDebouncedValue(JSON.stringify(plan), SETTLED_MS);
  return useQuery({
    queryKey: ['preflight', key],
    queryFn: () =>
      client.experiments.preflight({ plan: JSON.parse(key) as ExperimentPlanInput, isRuntimeAsked: false }),
    placeholderData: keepPreviousData,
    // A file of inputs may have been written again.
    staleTime: 0,
  });
}
