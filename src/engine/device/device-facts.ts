import type { Device } from '#shared/device.ts';
import type { FoundGpu } from './found-gpu.ts';

/** What a system's reader finds out; its sources are in the fact book. */
export type DeviceFacts = Omit<Device, 'fingerprint' | 'sources' | 'gpus'> & { gpus: FoundGpu[] };
