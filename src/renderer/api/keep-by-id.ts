/** What was entered and not yet finished, by what it belongs to, so that who comes back finds it. Pure. */
import { z } from 'zod';

export type KeptStorage = { getItem: (key: string) => string | null; setItem: (key: string, value: string) => void };

/**
 * @param key in the storage
 * @param schema of one entry
 * @param mostKept beyond that, the entries that were changed longest ago are forgotten
 */
export function keepById<Entry>(key: string, schema: z.ZodType<Entry>, mostKept: number) {
  /** The one that was changed last at the end. */
  const entriesSchema = z.array(z.tuple([z.string(), schema]));
  const read = (storage: KeptStorage): [string, Entry][] => {
    try {
      return entriesSchema.parse(JSON.parse(storage.getItem(key) ?? '[]'));
    } catch {
      return [];
    }
  };
  const put = (storage: KeptStorage, id: string, own: [string, Entry][]): void => {
    const others = read(storage).filter(([known]) => known !== id);
    storage.setItem(key, JSON.stringify([...others, ...own].slice(-mostKept)));
  };
  return {
    /** @returns undefined where nothing was entered, or what is kept cannot be read */
    find: (storage: KeptStorage, id: string): Entry | undefined => read(storage).find(([known]) => known === id)?.[1],
    keep: (storage: KeptStorage, id: string, entry: Entry): void => put(storage, id, [[id, entry]]),
    forget: (storage: KeptStorage, id: string): void => put(storage, id, []),
  };
}
