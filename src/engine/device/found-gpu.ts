import type { Device } from '#shared/device.ts';

/** A GPU with what the fingerprint needs: its PCI vendor and device, which no driver renames. */
export type FoundGpu = Device['gpus'][number] & { hardwareId: string | null };
