/** Names of CPU makers and cores. */

/** By CPUID's vendor string. */
const vendorsByCpuid: Record<string, string> = {
  AuthenticAMD: 'AMD',
  GenuineIntel: 'Intel',
  HygonGenuine: 'Hygon',
  CentaurHauls: 'Zhaoxin',
  Shanghai: 'Zhaoxin',
};

/** By the implementer field of Arm's MIDR_EL1. Source: Arm Architecture Reference Manual. */
const vendorsByImplementer: Record<string, string> = {
  '0x41': 'Arm',
  '0x42': 'Broadcom',
  '0x43': 'Cavium',
  '0x46': 'Fujitsu',
  '0x48': 'HiSilicon',
  '0x4e': 'NVIDIA',
  '0x51': 'Qualcomm',
  '0x53': 'Samsung',
  '0x61': 'Apple',
  '0x6d': 'Microsoft',
  '0xc0': 'Ampere',
};

/** By the part number of cores that Arm designed. Source: the cores' technical reference manuals. */
const armParts: Record<string, string> = {
  '0xd03': 'Cortex-A53',
  '0xd05': 'Cortex-A55',
  '0xd07': 'Cortex-A57',
  '0xd08': 'Cortex-A72',
  '0xd09': 'Cortex-A73',
  '0xd0a': 'Cortex-A75',
  '0xd0b': 'Cortex-A76',
  '0xd0c': 'Neoverse-N1',
  '0xd0d': 'Cortex-A77',
  '0xd40': 'Neoverse-V1',
  '0xd41': 'Cortex-A78',
  '0xd44': 'Cortex-X1',
  '0xd46': 'Cortex-A510',
  '0xd47': 'Cortex-A710',
  '0xd48': 'Cortex-X2',
  '0xd49': 'Neoverse-N2',
  '0xd4a': 'Neoverse-E1',
  '0xd4d': 'Cortex-A715',
  '0xd4e': 'Cortex-X3',
  '0xd4f': 'Neoverse-V2',
  '0xd80': 'Cortex-A520',
  '0xd81': 'Cortex-A720',
  '0xd82': 'Cortex-X4',
  '0xd84': 'Neoverse-V3',
};

/** @param vendor a vendor string of CPUID, of lscpu, or an implementer number */
export function vendorName(vendor: string | null | undefined): string | null {
  const text = vendor?.trim() ?? '';
  if (text === '' || text === '-') return null;
  if (text.toUpperCase() === 'ARM') return 'Arm';
  return vendorsByCpuid[text] ?? vendorsByImplementer[text.toLowerCase()] ?? (text.startsWith('0x') ? null : text);
}

/** The name of a core; null for parts that this table does not hold. */
export function armCoreName(implementer: string, part: string): string | null {
  return implementer === '0x41' ? (armParts[part.toLowerCase()] ?? null) : null;
}

/** Whether two sources mean one CPU: one often leaves out the maker, a mark or the clock. */
export function isSameModel(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)];
  return a.includes(b) || b.includes(a);
}

function plain(model: string): string {
  return model
    .toLowerCase()
    .replaceAll(/\((r|tm)\)|®|™/g, '')
    .replace(/@.*$/, '')
    .replace(/\bwith radeon.*$/, '')
    .replaceAll(/\b(cpu|processor|intel|amd|gen|\d+-core|\d+(st|nd|rd|th))\b/g, '')
    .replaceAll(/[\s-]+/g, ' ')
    .trim();
}
