import type { Migration } from './registry.ts';

/** What was measured before there was a choice went through JavaScript, which is no longer what a plan without a word means. */
export const runtimeInterfaceMigration: Migration = {
  version: 10,
  sql: "UPDATE experiments SET plan = json_set(plan, '$.runtimeInterface', 'javascript');",
};
