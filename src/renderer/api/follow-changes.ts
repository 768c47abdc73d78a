/** Reads again what the workbench says has changed. */
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { ChangeTopic } from '#shared/contract/application.ts';
import { client, connection, orpc } from './client.ts';
import { createRefresher } from './refresher.ts';

const keysByTopic: Record<ChangeTopic, QueryKey[]> = {
  devices: [orpc.devices.key()],
  models: [orpc.models.key(), orpc.variants.key()],
  experiments: [orpc.experiments.key(), orpc.runs.key()],
  quality: [orpc.quality.key()],
  jobs: [orpc.jobs.key()],
  reports: [orpc.reports.key()],
  recipes: [orpc.recipes.list.key()],
};

const PAUSE_AFTER_FAILURE_MS = 1000;

/** Never ends: the page follows the workbench as long as it is open, over lost connections too. */
export async function followChanges(queryClient: QueryClient): Promise<never> {
  const refresher = createRefresher(async (topic: ChangeTopic) => {
    await Promise.all(keysByTopic[topic].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  });
  let isFirst = true;
  for (;;) {
    await connection.whenOpen().catch(() => {});
    try {
      const changes = await client.application.changes();
      // Nobody told what changed while there was no connection.
      if (!isFirst) void queryClient.invalidateQueries();
      isFirst = false;
      for await (const { topics } of changes) for (const topic of topics) refresher.refresh(topic);
    } catch {
      // The connection itself says that it was lost.
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_FAILURE_MS));
  }
}
