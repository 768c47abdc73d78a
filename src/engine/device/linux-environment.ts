/** Power, virtualization and the name of the system on Linux. */
import type { Device } from '#shared/device.ts';
import type { Reading } from './fact-book.ts';
import type { MachineReader } from './machine-reader.ts';

const SUPPLIES = '/sys/class/power_supply';

/** Cases of desktops and servers, which have no battery. Source: SMBIOS specification, 7.4.1 */
const chassisWithoutBattery = new Set([3, 4, 5, 6, 7, 13, 15, 16, 17, 23, 24, 25, 28, 29]);

export function readLinuxPower(reader: MachineReader): {
  source: Reading<'mains' | 'battery'>;
  batteryPercent: Reading<number>;
} {
  const supplies = reader.listFolder(SUPPLIES).map((name) => {
    const textOf = (file: string): string => reader.readText(`${SUPPLIES}/${name}/${file}`)?.trim() ?? '';
    return { textOf, type: textOf('type'), isOnline: textOf('online') === '1' };
  });
  // The battery of a mouse or a headset has scope “Device”.
  const batteries = supplies.filter(({ type, textOf }) => type === 'Battery' && textOf('scope') !== 'Device');
  const chargers = supplies.filter(({ type }) => type === 'Mains' || type.startsWith('USB'));
  const percents = batteries.map(({ textOf }) => Number.parseInt(textOf('capacity'), 10)).filter(Number.isFinite);
  const isDischarging = batteries.some(({ textOf }) => textOf('status') === 'Discharging');
  const chassis = Number(reader.readText('/sys/class/dmi/id/chassis_type')?.trim() ?? Number.NaN);

  const source = ((): Reading<'mains' | 'battery'> => {
    if (chargers.some(({ isOnline }) => isOnline)) return { source: SUPPLIES, value: 'mains' };
    if (isDischarging) return { source: SUPPLIES, value: 'battery' };
    if (batteries.length > 0) return { source: SUPPLIES, value: null };
    return { source: 'chassis type', value: chassisWithoutBattery.has(chassis) ? 'mains' : null };
  })();
  const total = percents.reduce((sum, percent) => sum + percent, 0);
  return {
    source,
    batteryPercent: { source: SUPPLIES, value: percents.length > 0 ? Math.round(total / percents.length) : null },
  };
}

const UNNAMED_HYPERVISOR = 'a hypervisor';

/** Makers and products that virtual machines give themselves in the firmware's tables. */
const machineMarks: readonly [RegExp, string][] = [
  [/vmware/i, 'vmware'],
  [/virtualbox|innotek/i, 'virtualbox'],
  [/microsoft corporation.*virtual/i, 'hyper-v'],
  [/amazon ec2/i, 'amazon'],
  [/google compute/i, 'google'],
  [/parallels/i, 'parallels'],
  [/\bxen\b/i, 'xen'],
  [/kvm/i, 'kvm'],
  [/qemu/i, 'qemu'],
];

/** @param text maker and product, as the firmware names them; null for hardware */
export function virtualMachineOf(text: string): string | null {
  return machineMarks.find(([mark]) => mark.test(text))?.[1] ?? null;
}

/**
 * The container and the virtual machine around this process, e.g. `docker on kvm`: either can take time away from it.
 * @returns what systemd's tool says first, what files of the kernel say second
 */
export async function readLinuxVirtualization(reader: MachineReader): Promise<Reading<string>[]> {
  const ask = async (kind: 'container' | 'vm'): Promise<string | null> => {
    // It exits with 1 where there is none.
    const answer = (await reader.run('systemd-detect-virt', [`--${kind}`]))?.trim() ?? '';
    return answer === '' || answer === 'none' ? null : answer;
  };
  const dmi = (file: string): string => reader.readText(`/sys/class/dmi/id/${file}`)?.trim() ?? '';
  const isHypervised = /^flags\s*:.*\bhypervisor\b/m.test(reader.readText('/proc/cpuinfo') ?? '');
  const [container, machine] = await Promise.all([ask('container'), ask('vm')]);
  const ownMachine =
    virtualMachineOf(`${dmi('sys_vendor')} ${dmi('product_name')}`) ?? (isHypervised ? UNNAMED_HYPERVISOR : null);
  return [
    { source: 'systemd-detect-virt', value: join(container, machine) },
    { source: 'container marks and firmware tables', value: join(containerMark(reader), ownMachine) },
  ];
}

/** One source may know no more than that there is a hypervisor. */
export function isSameVirtualization(one: string, other: string): boolean {
  const [a, b] = [one.replace('podman', 'docker'), other.replace('podman', 'docker')];
  const known = b.replace(UNNAMED_HYPERVISOR, '');
  return a === b || (b.endsWith(UNNAMED_HYPERVISOR) && a.startsWith(known) && a.length > known.length);
}

function containerMark(reader: MachineReader): string | null {
  if (reader.readText('/run/.containerenv') !== null) return 'podman';
  if (reader.readText('/.dockerenv') !== null) return 'docker';
  const group = reader.readText('/proc/1/cgroup') ?? '';
  if (/kubepods/.test(group)) return 'kubernetes';
  return /\/docker[/-]/.test(group) ? 'docker' : /\/lxc[./]/.test(group) ? 'lxc' : null;
}

function join(container: string | null, machine: string | null): string | null {
  if (container === null || machine === null) return container ?? machine;
  return `${container} on ${machine}`;
}

export function parseOsRelease(text: string): Pick<Device['os'], 'name' | 'version'> {
  const valueOf = (name: string): string | null => {
    const value = new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
    const unquoted = value.replace(/^(["'])(.*)\1$/, '$2');
    return unquoted === '' ? null : unquoted;
  };
  // Rolling distributions have no version.
  return { name: valueOf('NAME'), version: valueOf('VERSION_ID') };
}
