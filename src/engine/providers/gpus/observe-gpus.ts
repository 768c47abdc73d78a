/** What the system tells of who uses which GPU: NVIDIA's tool by process and by memory, and the kernel's statistics of its DRM clients. */
import type { MachineReader } from '../../device/machine-reader.ts';
import { normalizeAddress } from '../../device/nvidia-smi.ts';

export type GpuObservation = {
  /** Addresses of NVIDIA GPUs on which this process has a compute context. */
  contexts: string[];
  /** Memory in use of each NVIDIA GPU, MiB, by address. */
  usedMebibytes: Map<string, number>;
  /** Memory that this process has on each GPU, KiB, by address, as the kernel's drivers tell. */
  drmKibibytes: Map<string, number>;
};

const LIMIT_MS = 5000;

export async function observeGpus(reader: MachineReader, pid: number): Promise<GpuObservation> {
  const format = '--format=csv,noheader,nounits';
  const [apps, memory] = await Promise.all([
    reader.run('nvidia-smi', ['--query-compute-apps=pid,gpu_bus_id', format], LIMIT_MS),
    reader.run('nvidia-smi', ['--query-gpu=pci.bus_id,memory.used', format], LIMIT_MS),
  ]);
  const folder = `/proc/${pid}/fdinfo`;
  const clients = reader.listFolder(folder).map((name) => reader.readText(`${folder}/${name}`) ?? '');
  return {
    contexts: parseComputeApps(apps ?? '', pid),
    usedMebibytes: parseUsedMemory(memory ?? ''),
    drmKibibytes: sumDrmClients(clients),
  };
}

/** Lines such as `4242, 00000000:01:00.0`. In a container the numbers of processes can be those of the host, and match none. */
export function parseComputeApps(text: string, pid: number): string[] {
  const addresses = text.split('\n').flatMap((line) => {
    const [owner, address] = line.split(',').map((part) => part.trim());
    return Number(owner) === pid && address ? [normalizeAddress(address)] : [];
  });
  return [...new Set(addresses)];
}

/** Lines such as `00000000:01:00.0, 512`. */
export function parseUsedMemory(text: string): Map<string, number> {
  return new Map(
    text.split('\n').flatMap((line): [string, number][] => {
      const [address, used] = line.split(',').map((part) => part.trim());
      const mebibytes = Number(used);
      return address && used && Number.isFinite(mebibytes) ? [[normalizeAddress(address), mebibytes]] : [];
    }),
  );
}

/**
 * Lines `drm-pdev: 0000:03:00.0` and `drm-memory-vram: 2048 KiB` of `/proc/<pid>/fdinfo`. One client can be open several times.
 * Source: https://docs.kernel.org/gpu/drm-usage-stats.html
 */
export function sumDrmClients(texts: readonly string[]): Map<string, number> {
  const clients = new Map<string, { address: string; kibibytes: number }>();
  for (const text of texts) {
    const address = /^drm-pdev:\s*(\S+)/m.exec(text)?.[1]?.toLowerCase();
    if (address === undefined) continue;
    const id = /^drm-client-id:\s*(\d+)/m.exec(text)?.[1] ?? String(clients.size);
    const sizes = [...text.matchAll(/^drm-(?:memory|resident)-\w+:\s*(\d+)\s*(KiB|MiB)?/gm)];
    const kibibytes = sizes.reduce(
      (sum, [, size, unit]) => sum + Number(size) * (unit === 'MiB' ? 1024 : unit ? 1 : 1 / 1024),
      0,
    );
    clients.set(`${address} ${id}`, { address, kibibytes });
  }
  const sums = new Map<string, number>();
  for (const { address, kibibytes } of clients.values()) sums.set(address, (sums.get(address) ?? 0) + kibibytes);
  return sums;
}
