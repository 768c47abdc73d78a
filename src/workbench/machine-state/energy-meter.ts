/**
 * What the processors and the memory used, by the counters of Linux's powercap framework (RAPL of Intel and AMD).
 * Source: Documentation/power/powercap/powercap.rst of the kernel.
 */
import type { SystemFiles } from './system-files.ts';

const FOLDER = '/sys/class/powercap';

type Zone = { name: string; counterPath: string; rangeMicrojoules: number };

export type EnergyMeter = {
  /** Names of the zones that are counted: `package-0`, `dram`; empty where none can be read. */
  zones: string[];
  /** Why a machine that counts does not tell, and the way out. */
  obstacle: string | null;
  /** Microjoules of each zone; null where one could not be read. */
  read: () => number[] | null;
  /** Of all zones together. A counter that began anew once is understood; blocks are far too short for twice. null: no range is known. */
  joulesBetween: (before: readonly number[], after: readonly number[]) => number | null;
};

/** Packages, and memory, which is not part of them. Cores and graphics are, and `psys` holds packages again. */
export function createEnergyMeter({ readText, listFolder }: SystemFiles): EnergyMeter {
  const numberIn = (path: string): number => Number(readText(path)?.trim() || Number.NaN);
  const found = listFolder(FOLDER)
    .filter((folder) => /^intel-rapl:\d+(:\d+)?$/.test(folder))
    .sort()
    .flatMap((folder): Zone[] => {
      const name = readText(`${FOLDER}/${folder}/name`)?.trim() ?? '';
      if (!/^package-\d+(-die-\d+)?$/.test(name) && name !== 'dram') return [];
      const rangeMicrojoules = numberIn(`${FOLDER}/${folder}/max_energy_range_uj`);
      return [{ name, counterPath: `${FOLDER}/${folder}/energy_uj`, rangeMicrojoules }];
    });
  const readable = found.filter(({ counterPath }) => Number.isFinite(numberIn(counterPath)));
  return {
    zones: readable.map(({ name }) => name),
    obstacle:
      readable.length < found.length
        ? `This machine counts energy, but lets only root read ${readable.length === 0 ? 'it' : 'some of it'}. “sudo chmod a+r ${FOLDER}/intel-rapl:*/energy_uj” allows it until the next start; other programs can then guess from it what the processor works on.`
        : null,
    read() {
      if (readable.length === 0) return null;
      const values = readable.map(({ counterPath }) => numberIn(counterPath));
      return values.every(Number.isFinite) ? values : null;
    },
    joulesBetween(before, after) {
      let microjoules = 0;
      for (const [index, { rangeMicrojoules }] of readable.entries()) {
        const grown = (after[index] as number) - (before[index] as number);
        microjoules += grown < 0 ? grown + rangeMicrojoules : grown;
      }
      return Number.isFinite(microjoules) && microjoules >= 0 ? microjoules / 1e6 : null;
    },
  };
}
