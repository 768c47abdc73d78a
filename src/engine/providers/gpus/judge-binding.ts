/** Which GPU a session was seen on. Pure. */
import type { Device } from '#shared/device.ts';
import type { GpuBinding } from '#shared/gpu-binding.ts';
import type { GpuObservation } from './observe-gpus.ts';

type Gpu = Device['gpus'][number];

/** A context of CUDA alone takes more; what other programs do meanwhile is usually less. */
const LEAST_RISE_MEBIBYTES = 64;
const LEAST_RISE_KIBIBYTES = 1024;

/**
 * @param about.before and about.after: without and with a session that has run
 * @param about.candidates in the order in which the provider counts them, as it is documented
 */
export function judgeBinding(about: {
  deviceId: number | null;
  candidates: readonly Gpu[];
  before: GpuObservation;
  after: GpuObservation;
}): GpuBinding {
  const { deviceId, candidates, before, after } = about;
  const expected = candidates[deviceId ?? 0];
  const proven = (address: string, evidence: string): GpuBinding => {
    const gpu = candidates.find(({ id }) => id === address);
    const order =
      expected !== undefined && expected.id !== address ? ` The documented order would name ${expected.name}.` : '';
    return { deviceId, gpuId: address, gpuName: gpu?.name ?? address, certainty: 'proven', evidence: evidence + order };
  };
  const opened = after.contexts.filter((address) => !before.contexts.includes(address));
  if (opened.length === 1) {
    return proven(
      opened[0] as string,
      'NVIDIA’s driver lists the process that held a session there on this GPU, and on no other.',
    );
  }
  const drm = rising(before.drmKibibytes, after.drmKibibytes, LEAST_RISE_KIBIBYTES);
  if (drm.length === 1) {
    const [[address, kibibytes]] = drm as [[string, number]];
    return proven(
      address,
      `The kernel counts ${Math.round(kibibytes / 1024)} MiB more of the process on this GPU, and none on another.`,
    );
  }
  const used = rising(before.usedMebibytes, after.usedMebibytes, LEAST_RISE_MEBIBYTES);
  if (used.length === 1 && candidates.length > 1) {
    const [[address, mebibytes]] = used as [[string, number]];
    return proven(
      address,
      `Memory in use rose by ${Math.round(mebibytes)} MiB on this GPU with the session, and on no other.`,
    );
  }
  return {
    deviceId,
    gpuId: expected?.id ?? null,
    gpuName: expected?.name ?? 'unknown',
    certainty: 'assumed',
    evidence:
      candidates.length === 1
        ? 'It is the only GPU of its kind; that the session was on it could not be seen.'
        : 'By the documented order; on which GPU the session was could not be seen.',
  };
}

function rising(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  least: number,
): [string, number][] {
  return [...after]
    .map(([address, value]): [string, number] => [address, value - (before.get(address) ?? 0)])
    .filter(([, rise]) => rise >= least);
}
