/** GPUs by sysfs, which needs no tool and no driver, named by lspci where it is installed. */
import type { FoundGpu } from './found-gpu.ts';
import type { MachineReader } from './machine-reader.ts';

/** PCI vendor ids. Source: https://pci-ids.ucw.cz */
const pciVendors: Record<string, string> = {
  '10de': 'NVIDIA',
  '1002': 'AMD',
  '8086': 'Intel',
  '1a03': 'ASPEED',
  '102b': 'Matrox',
  '1234': 'QEMU',
  '1af4': 'Red Hat',
  '1b36': 'Red Hat',
  '15ad': 'VMware',
  '80ee': 'VirtualBox',
  '1414': 'Microsoft',
  '1ed5': 'Moore Threads',
};

/** GPUs of boards that are no PCI devices, by the kernel's driver. */
const boardGpus: Record<string, { name: string; vendor: string }> = {
  v3d: { name: 'VideoCore', vendor: 'Broadcom' },
  panfrost: { name: 'Mali', vendor: 'Arm' },
  panthor: { name: 'Mali', vendor: 'Arm' },
  lima: { name: 'Mali', vendor: 'Arm' },
  msm_dpu: { name: 'Adreno', vendor: 'Qualcomm' },
  msm: { name: 'Adreno', vendor: 'Qualcomm' },
  etnaviv: { name: 'Vivante', vendor: 'VeriSilicon' },
  nvgpu: { name: 'Tegra', vendor: 'NVIDIA' },
};

const PCI_ROOT = '/sys/bus/pci/devices';
const DRM_ROOT = '/sys/class/drm';
const DISPLAY_CLASS = 0x03;

export async function readLinuxGpus(reader: MachineReader): Promise<FoundGpu[]> {
  const pciGpus = reader.listFolder(PCI_ROOT).flatMap((address) => {
    const facts = parseUevent(reader.readText(`${PCI_ROOT}/${address}/uevent`) ?? '');
    const [vendorId, deviceId] = (facts.get('PCI_ID') ?? '').toLowerCase().split(':');
    const isDisplay = Number.parseInt(facts.get('PCI_CLASS') ?? '0', 16) >> 16 === DISPLAY_CLASS;
    if (!isDisplay || vendorId === undefined || deviceId === undefined) return [];
    const memory = Number(reader.readText(`${PCI_ROOT}/${address}/mem_info_vram_total`)?.trim() ?? 0);
    const vendor = pciVendors[vendorId] ?? null;
    return [
      {
        name: `${vendor ?? vendorId} display controller ${deviceId}`,
        vendor,
        memoryBytes: memory > 0 ? memory : null,
        driver: facts.get('DRIVER') ?? null,
        id: address.toLowerCase(),
        hardwareId: `${vendorId}:${deviceId}`,
      },
    ];
  });
  if (pciGpus.length === 0) return readBoardGpus(reader);
  const names = parseLspci((await reader.run('lspci', ['-D', '-mm', '-nn'])) ?? '');
  return pciGpus.map((gpu) => ({ ...gpu, name: names.get(gpu.id) ?? gpu.name }));
}

function readBoardGpus(reader: MachineReader): FoundGpu[] {
  const found = new Map<string, FoundGpu>();
  for (const card of reader.listFolder(DRM_ROOT).filter((name) => /^card\d+$/.test(name))) {
    const facts = parseUevent(reader.readText(`${DRM_ROOT}/${card}/device/uevent`) ?? '');
    const driver = facts.get('DRIVER') ?? '';
    const known = boardGpus[driver];
    if (known === undefined) continue;
    const id = facts.get('OF_FULLNAME') ?? driver;
    const hardwareId = facts.get('OF_COMPATIBLE_0') ?? driver;
    found.set(id, { ...known, memoryBytes: null, driver, id, hardwareId });
  }
  return [...found.values()];
}

/** Lines `NAME=value`. */
function parseUevent(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]];
    }),
  );
}

/**
 * @param text what `lspci -D -mm -nn` prints: `0000:01:00.0 "VGA … [0300]" "NVIDIA Corporation [10de]" "AD102 [GeForce RTX 4090] [2684]" …`
 * @returns the names of all devices by their address; a device that lspci's list does not know has none
 */
export function parseLspci(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const address = /^\S+/.exec(line)?.[0];
      const [, , device] = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] as string);
      const name = device?.replace(/\s*\[[\da-f]{4}\]$/i, '') ?? '';
      if (address === undefined || name === '' || /^(Device|Unknown device)$/i.test(name)) return [];
      return [[address.toLowerCase(), /\[(.+)\]$/.exec(name)?.[1] ?? name]];
    }),
  );
}
