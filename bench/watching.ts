/**
 * What watching costs, in time and in processor time: one reading of the machine (two for each block, between blocks), and one of the memory of
 * a process (every 50 ms until it is warm, then one for each block).
 *
 *   node bench/watching.ts [--count 2000]
 */
import { parseArgs } from 'node:util';
import { parseProcStatus } from '#shared/proc-status.ts';
import { median } from '#shared/statistics/quantile.ts';
import { createMachineReading } from '#workbench/machine-state/read-machine-state.ts';
import { systemFiles } from '#workbench/machine-state/system-files.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '2000' } } });
const count = Number(values.count);

function time(name: string, work: () => unknown): void {
  for (let run = 0; run < 50; run += 1) work();
  const before = process.cpuUsage();
  const times = Array.from({ length: count }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  });
  const { user, system } = process.cpuUsage(before);
  const cpuMicroseconds = (user + system) / count;
  console.log(
    `${name.padEnd(36)} median ${(median(times) * 1000).toFixed(0)} µs, processor ${cpuMicroseconds.toFixed(0)} µs each (${count} readings)`,
  );
}

const readMachine = createMachineReading(systemFiles);
console.log(JSON.stringify(readMachine()));
time('state of the machine', readMachine);
time('memory of a process', () => parseProcStatus(systemFiles.readText(`/proc/${process.pid}/status`) ?? ''));
