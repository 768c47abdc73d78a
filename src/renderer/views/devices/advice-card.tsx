import { List, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ProviderAdvice } from '#shared/provider-advice.ts';
import { orpc } from '../../api/client.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { SectionCard } from '../../components/section-card.tsx';

const ranks: Record<ProviderAdvice['verdict'], number> = { baseline: 0, try: 1, 'set-up': 2, skip: 3 };

/** Which providers are worth measuring on here, in plain words. */
export function AdviceCard() {
  const advice = useQuery(orpc.devices.advice.queryOptions());
  return (
    <SectionCard
      title="Providers worth trying here"
      description="From the hardware, from what worked, and from what was measured on this machine."
    >
      {advice.error ? <ErrorMessage error={advice.error} /> : null}
      {advice.data ? (
        <List size="sm" spacing={6}>
          {advice.data
            .toSorted((a, b) => ranks[a.verdict] - ranks[b.verdict])
            .map(({ provider, message }) => (
              <List.Item key={provider}>
                <Text span size="sm" fw={600} className="mono">
                  {provider}
                </Text>
                {`: ${message}`}
              </List.Item>
            ))}
        </List>
      ) : advice.isLoading ? (
        <Skeleton h={90} aria-label="Trying the providers" />
      ) : null}
    </SectionCard>
  );
}
