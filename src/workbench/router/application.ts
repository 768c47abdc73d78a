import type { ApplicationInfo, ChangeTopic } from '#shared/contract/application.ts';
import type { ChangeFeed } from '../changes/change-feed.ts';
import type { Implementer } from './implementer.ts';

export function applicationRouter(os: Implementer, parts: { info: ApplicationInfo; changes: ChangeFeed }) {
  return os.application.router({
    info: os.application.info.handler(() => parts.info),
    changes: os.application.changes.handler(({ signal }) => eventsOf(parts.changes, signal)),
  });
}

async function* eventsOf(
  changes: ChangeFeed,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ topics: ChangeTopic[] }, void, void> {
  for await (const topics of changes.iterate(signal)) yield { topics };
}
