import { join } from 'node:path';

const sourcePath = (name: string): string => join(import.meta.dirname, '..', name);
const bundledPath = (name: string): string => sourcePath(join('.cache/test/engines', name));

/** The engine programs that tests start hundreds of times, from what `bundleEngines` makes of their sources. */
export const enginePrograms = {
  fake: { sourcePath: sourcePath('tests/fakes/fake-engine.ts'), path: bundledPath('fake-engine.mjs') },
  real: { sourcePath: sourcePath('src/engine/entry.ts'), path: bundledPath('real-engine.mjs') },
};
