import type { Migration } from './registry.ts';

const triggers = ['INSERT', 'UPDATE', 'DELETE'].map(
  (event) => `
CREATE TRIGGER saved_recipes_${event.toLowerCase()}_counts AFTER ${event} ON saved_recipes BEGIN
  UPDATE topic_versions SET version = version + 1 WHERE topic = 'recipes';
END;`,
);

/** Recipes of the user's own. Those that variants were made by lie in `recipes`, and stay there. */
export const savedRecipesMigration: Migration = {
  version: 6,
  sql: `
CREATE TABLE saved_recipes (
  id TEXT PRIMARY KEY,
  recipe TEXT NOT NULL,
  saved_at_ms INTEGER NOT NULL,
  removed_at_ms INTEGER
) STRICT;
INSERT INTO topic_versions VALUES ('recipes', 0);
${triggers.join('\n')}
`,
};
