/** The processes that have the database open, and the machine's one lease for measuring. */
import type { StoreDatabase } from './store-database.ts';

export type Instance = {
  id: string;
  pid: number;
  /** Names the system whose process numbers `pid` belongs to. */
  machine: string;
  /** When the process started, in a form of the platform's own; tells a reused pid from the process itself. */
  processStart: string | null;
  heartbeatAtMs: number;
};

export type Lease = { instanceId: string; jobId: string; acquiredAtMs: number };

type InstanceRow = { id: string; pid: number; machine: string; process_start: string | null; heartbeat_at_ms: number };
type LeaseRow = { instance_id: string; job_id: string; acquired_at_ms: number };

export function createInstanceRows({ sqlite, write, writeHint }: StoreDatabase) {
  const insert = sqlite.prepare('INSERT INTO instances VALUES (?, ?, ?, ?, ?)');
  const selectAll = sqlite.prepare<[], InstanceRow>('SELECT * FROM instances');
  const beat = sqlite.prepare('UPDATE instances SET heartbeat_at_ms = ? WHERE id = ?');
  const remove = sqlite.prepare('DELETE FROM instances WHERE id = ?');
  const selectLease = sqlite.prepare<[], LeaseRow>('SELECT instance_id, job_id, acquired_at_ms FROM machine_lease');
  const insertLease = sqlite.prepare('INSERT INTO machine_lease VALUES (1, ?, ?, ?)');
  const removeLease = sqlite.prepare('DELETE FROM machine_lease WHERE job_id = ?');
  return {
    add: (instance: Instance): void =>
      write(
        () =>
          void insert.run(instance.id, instance.pid, instance.machine, instance.processStart, instance.heartbeatAtMs),
      ),
    list: (): Instance[] =>
      selectAll.all().map((row) => ({
        id: row.id,
        pid: row.pid,
        machine: row.machine,
        processStart: row.process_start,
        heartbeatAtMs: row.heartbeat_at_ms,
      })),
    beat: (id: string, atMs: number): void => writeHint(() => void beat.run(atMs, id)),
    remove: (id: string): void => write(() => void remove.run(id)),
    lease: (): Lease | null => {
      const row = selectLease.get();
      return row ? { instanceId: row.instance_id, jobId: row.job_id, acquiredAtMs: row.acquired_at_ms } : null;
    },
    takeLease: (lease: Lease): void =>
      write(() => void insertLease.run(lease.instanceId, lease.jobId, lease.acquiredAtMs)),
    dropLease: (jobId: string): void => write(() => void removeLease.run(jobId)),
  };
}
