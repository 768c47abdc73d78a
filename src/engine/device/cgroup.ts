/**
 * Limits that a container or a service puts on this process: control groups of Linux, version 2 and version 1.
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/
 */
import type { MachineReader } from './machine-reader.ts';

export type CgroupLimits = {
  /** CPU quota over its period, in cores; null without a limit. */
  cores: number | null;
  memoryBytes: number | null;
};

/** Version 1 has no word for “no limit”: it gives the largest number of pages, in bytes. */
const NO_LIMIT_BYTES = 2 ** 62;

/** The tightest limit of the process's group and of every group above it counts. */
export function readCgroupLimits(reader: Pick<MachineReader, 'readText'>): CgroupLimits {
  const groups = parseGroups(reader.readText('/proc/self/cgroup') ?? '');
  const mounts = parseMounts(reader.readText('/proc/self/mountinfo') ?? '');
  const foldersOf = (controller: string, version: 1 | 2): string[] => {
    const mount = mounts.find((entry) =>
      version === 2 ? entry.version === 2 : entry.version === 1 && entry.controllers.includes(controller),
    );
    const path = groups.find((group) =>
      version === 2 ? group.isUnified : !group.isUnified && group.controllers.includes(controller),
    )?.path;
    return mount === undefined || path === undefined ? [] : foldersUpwards(mount, path);
  };
  const read = (folders: readonly string[], file: string): string[] =>
    folders.flatMap((folder) => reader.readText(`${folder}/${file}`)?.trim() ?? []);

  const memory = [
    ...read(foldersOf('memory', 2), 'memory.max'),
    ...read(foldersOf('memory', 1), 'memory.limit_in_bytes'),
  ].map(Number);
  const quotas = [
    ...read(foldersOf('cpu', 2), 'cpu.max').map(parseQuota),
    ...foldersOf('cpu', 1).map((folder) => {
      const textOf = (file: string): string => reader.readText(`${folder}/${file}`)?.trim() ?? '';
      return parseQuota(`${textOf('cpu.cfs_quota_us')} ${textOf('cpu.cfs_period_us')}`);
    }),
  ];
  return {
    cores: smallest(quotas.filter((quota) => quota !== null)),
    memoryBytes: smallest(memory.filter((bytes) => bytes > 0 && bytes < NO_LIMIT_BYTES)),
  };
}

/** `50000 100000` is half a core; `max` and `-1` are no limit. */
function parseQuota(text: string): number | null {
  const [quota, period] = text.split(' ').map(Number) as [number, number?];
  return quota > 0 && period !== undefined && period > 0 ? quota / period : null;
}

function smallest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}

type Group = { isUnified: boolean; controllers: string[]; path: string };

/** Lines such as `4:memory:/docker/5f` (version 1) and `0::/user.slice` (version 2). */
function parseGroups(text: string): Group[] {
  return text.split('\n').flatMap((line) => {
    const [, id, controllers, path] = /^(\d+):([^:]*):(.+)$/.exec(line) ?? [];
    if (path === undefined || controllers === undefined) return [];
    return [{ isUnified: id === '0' && controllers === '', controllers: controllers.split(','), path }];
  });
}

type Mount = { version: 1 | 2; controllers: string[]; root: string; folder: string };

/** Lines such as `30 23 0:26 /docker/5f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory`. */
function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const [, , , root, folder] = left?.split(' ') ?? [];
    const [type, , options] = right?.split(' ') ?? [];
    if (root === undefined || folder === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    return [{ version: type === 'cgroup2' ? 2 : 1, controllers: options?.split(',') ?? [], root, folder }];
  });
}

/** From the group up to the top of what is mounted. In a container the mount often starts at the group itself. */
function foldersUpwards(mount: Mount, path: string): string[] {
  const isInside = mount.root !== '/' && (path === mount.root || path.startsWith(`${mount.root}/`));
  const parts = (isInside ? path.slice(mount.root.length) : path).split('/').filter((part) => part !== '');
  // A path outside of the mount's root is one of another namespace; what is not there is skipped when it is read.
  return Array.from({ length: parts.length + 1 }, (_, depth) => [mount.folder, ...parts.slice(0, depth)].join('/'));
}
