/** Hardware facts of this machine, each with its source. Loads no ONNX Runtime; every outside command has a time limit. */
import type { Device } from '#shared/device.ts';
import { readDarwinFacts } from './darwin-facts.ts';
import type { DeviceFacts } from './device-facts.ts';
import { createFactBook, type FactBook } from './fact-book.ts';
import { fingerprintOf } from './fingerprint.ts';
import { readLinuxFacts } from './linux-facts.ts';
import { createMachineReader, type MachineReader } from './machine-reader.ts';
import { readPortableFacts } from './portable-facts.ts';
import { readSystemInformation, type SystemInformationCpu } from './read-system-information.ts';
import { readWindowsFacts } from './windows-facts.ts';

/** What could not be read is null (or an empty list), never guessed, and has no entry in `sources`. */
export async function detectDevice(
  reader: MachineReader = createMachineReader(),
  readOther: () => Promise<SystemInformationCpu> = readSystemInformation,
): Promise<Device> {
  const facts = createFactBook();
  const { gpus, ...found } = await readFacts(reader, facts, readOther);
  const device = { ...found, sources: facts.sources };
  return {
    ...device,
    fingerprint: fingerprintOf(device, gpus),
    gpus: gpus.map(({ name, vendor, memoryBytes, driver, id }) => ({ name, vendor, memoryBytes, driver, id })),
  };
}

function readFacts(
  reader: MachineReader,
  facts: FactBook,
  readOther: () => Promise<SystemInformationCpu>,
): Promise<DeviceFacts> {
  switch (reader.platform) {
    case 'linux':
      return readLinuxFacts(reader, facts, readOther);
    case 'darwin':
      return readDarwinFacts(reader, facts, readOther);
    case 'win32':
      return readWindowsFacts(reader, facts);
    default:
      return Promise.resolve(readPortableFacts(reader, facts));
  }
}
