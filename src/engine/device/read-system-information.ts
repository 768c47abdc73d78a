/** The systeminformation package as a further source; what it does not know is null. */

export type SystemInformationCpu = { vendor: string | null; model: string | null; physicalCores: number | null };

const LIMIT_MS = 3000;
const nothing: SystemInformationCpu = { vendor: null, model: null, physicalCores: null };

/** Never takes longer than its limit, and never throws. */
export async function readSystemInformation(): Promise<SystemInformationCpu> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<SystemInformationCpu>((resolve) => {
    timer = setTimeout(() => resolve(nothing), LIMIT_MS);
  });
  try {
    return await Promise.race([readCpu(), limit]);
  } catch {
    return nothing;
  } finally {
    clearTimeout(timer);
  }
}

async function readCpu(): Promise<SystemInformationCpu> {
  const { cpu } = await import('systeminformation');
  const { vendor, brand, physicalCores } = await cpu();
  return {
    vendor: vendor.trim() || null,
    model: brand.trim() || null,
    physicalCores: physicalCores > 0 ? physicalCores : null,
  };
}
