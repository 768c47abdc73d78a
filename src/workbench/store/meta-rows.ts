/** Small facts about the home that belong to no table, and the counters by which changes are noticed. */
import { changeEventSchema, type ChangeTopic } from '#shared/contract/application.ts';
import type { StoreDatabase } from './store-database.ts';

export function createMetaRows({ sqlite, write }: StoreDatabase) {
  const select = sqlite.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
  const upsert = sqlite.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
  const versions = sqlite.prepare<[], { topic: string; version: number }>('SELECT topic, version FROM topic_versions');
  return {
    get: (key: string): string | null => select.get(key)?.value ?? null,
    set: (key: string, value: string): void => write(() => void upsert.run(key, value)),
    /** Rises when another connection has committed; this connection's own commits leave it. */
    dataVersion: (): number => sqlite.pragma('data_version', { simple: true }) as number,
    topicVersions: (): Map<ChangeTopic, number> => {
      const topicSchema = changeEventSchema.shape.topics.element;
      return new Map(versions.all().map(({ topic, version }) => [topicSchema.parse(topic), version]));
    },
  };
}
