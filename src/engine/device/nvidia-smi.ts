/** NVIDIA's own tool: the name, memory and driver of each GPU that this process may use. */
import type { FoundGpu } from './found-gpu.ts';
import type { MachineReader } from './machine-reader.ts';

const LIMIT_MS = 5000;

/** null when the tool is missing or the driver does not answer. */
export async function readNvidiaSmi(reader: Pick<MachineReader, 'run'>): Promise<FoundGpu[] | null> {
  const columns = '--query-gpu=name,memory.total,driver_version,pci.bus_id,uuid';
  const text = await reader.run('nvidia-smi', [columns, '--format=csv,noheader,nounits'], LIMIT_MS);
  return text === null ? null : parseNvidiaSmi(text);
}

/** Lines such as `NVIDIA GeForce RTX 4090, 24564, 550.54.14, 00000000:01:00.0, GPU-…`; memory in MiB or `[N/A]`. */
export function parseNvidiaSmi(text: string): FoundGpu[] {
  return text.split('\n').flatMap((line) => {
    const [name, memory, driver, address] = line.split(',').map((part) => part.trim());
    if (name === undefined || name === '' || address === undefined) return [];
    const mebibytes = Number(memory);
    const id = normalizeAddress(address);
    return [
      {
        name,
        vendor: 'NVIDIA',
        memoryBytes: Number.isFinite(mebibytes) && mebibytes > 0 ? mebibytes * 2 ** 20 : null,
        driver: driver === undefined || driver.startsWith('[') ? null : driver,
        id,
        hardwareId: null,
      },
    ];
  });
}

/** `00000000:01:00.0` is `0000:01:00.0` of Linux. */
export function normalizeAddress(address: string): string {
  return address.toLowerCase().replace(/^0{4}(?=[\da-f]{4}:)/, '');
}
