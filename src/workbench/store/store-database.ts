/** The connection with the ways to write: what is reported as saved, and what is only a hint. */
import type { Sqlite } from './open-database.ts';

export type StoreDatabase = {
  sqlite: Sqlite;
  homePath: string;
  /** One transaction; on the disk when it returns. Inside another write it joins that one. */
  write: <Result>(work: () => Result) => Result;
  /** Like `write` but without waiting for the disk: progress, heartbeats, log lines. A crash of the process keeps it all the same. */
  writeHint: <Result>(work: () => Result) => Result;
  /** Called after each transaction of this connection. */
  onWrite: (listener: () => void) => void;
};

export function createStoreDatabase(sqlite: Sqlite, homePath: string): StoreDatabase {
  const listeners: (() => void)[] = [];
  const write = <Result>(work: () => Result): Result => {
    if (sqlite.inTransaction) return work();
    const result = sqlite.transaction(work).immediate();
    for (const listener of listeners) listener();
    return result;
  };
  return {
    sqlite,
    homePath,
    write,
    writeHint(work) {
      if (sqlite.inTransaction) return work();
      sqlite.pragma('synchronous = NORMAL');
      try {
        return write(work);
      } finally {
        sqlite.pragma('synchronous = FULL');
      }
    },
    onWrite: (listener) => void listeners.push(listener),
  };
}
