/**
 * The facts of a Windows machine, by one call of PowerShell.
 *
 * Left unknown on purpose: the highest clock (`MaxClockSpeed` is the base clock), caches (WMI does not say whether a size is of one
 * instance), the memory of GPUs other than NVIDIA's (`AdapterRAM` has 32 bits), extensions beyond those that the API of Windows names, and
 * `HypervisorPresent` (true on plain machines with virtualization-based security).
 */
import { isSameModel, vendorName } from './cpu-names.ts';
import type { DeviceFacts } from './device-facts.ts';
import type { FactBook } from './fact-book.ts';
import type { FoundGpu } from './found-gpu.ts';
import { extensionsOfWindows, windowsFeatures } from './isa-extensions.ts';
import { virtualMachineOf } from './linux-environment.ts';
import type { MachineReader } from './machine-reader.ts';
import { readNvidiaSmi } from './nvidia-smi.ts';
import { readPortableFacts } from './portable-facts.ts';

const POWERSHELL_LIMIT_MS = 15_000;

const SCRIPT = `
$ErrorActionPreference = 'SilentlyContinue'
[Console]::OutputEncoding = [Text.Encoding]::UTF8
$kernel = Add-Type -PassThru -Name Kernel -Namespace Whittle -MemberDefinition '[DllImport("kernel32.dll")] public static extern bool IsProcessorFeaturePresent(uint feature);'
@{
  processors = @(Get-CimInstance Win32_Processor | Select-Object Name, Manufacturer, NumberOfCores, NumberOfLogicalProcessors)
  displays = @(Get-CimInstance Win32_VideoController | Select-Object Name, AdapterCompatibility, DriverVersion, PNPDeviceID)
  computer = Get-CimInstance Win32_ComputerSystem | Select-Object Manufacturer, Model, TotalPhysicalMemory
  batteries = @(Get-CimInstance Win32_Battery | Select-Object BatteryStatus, EstimatedChargeRemaining)
  features = @(if ($kernel) { @(${Object.keys(windowsFeatures).join(', ')}) | Where-Object { $kernel::IsProcessorFeaturePresent($_) } })
} | ConvertTo-Json -Depth 4 -Compress
`;

type Answer = {
  processors: { Name: string; Manufacturer: string; NumberOfCores: number; NumberOfLogicalProcessors: number }[];
  displays: {
    Name: string;
    AdapterCompatibility: string | null;
    DriverVersion: string | null;
    PNPDeviceID: string | null;
  }[];
  computer: { Manufacturer: string; Model: string; TotalPhysicalMemory: number } | null;
  batteries: { BatteryStatus: number; EstimatedChargeRemaining: number | null }[];
  features: number[];
};

export async function readWindowsFacts(reader: MachineReader, facts: FactBook): Promise<DeviceFacts> {
  const base = readPortableFacts(reader, facts);
  const [text, nvidia] = await Promise.all([
    reader.run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', SCRIPT], POWERSHELL_LIMIT_MS),
    readNvidiaSmi(reader),
  ]);
  const name = reader.node.osVersion;
  const os = { ...base.os, name: facts.take('os.name', [{ source: 'Node', value: name === '' ? null : name }]) };
  const answer = parseAnswer(text ?? '');
  if (answer === null) return { ...base, os, gpus: [...(nvidia ?? [])] };

  const { processors, computer, features } = answer;
  const { take } = facts;
  const sum = (key: 'NumberOfCores' | 'NumberOfLogicalProcessors'): number | null =>
    processors.reduce((total, processor) => total + processor[key], 0) || null;
  const extensions = extensionsOfWindows(features);
  if (extensions.length > 0) {
    take('cpu.extensions', [{ source: 'IsProcessorFeaturePresent', value: extensions }], {
      note: 'Windows does not tell of extensions such as VNNI or AMX',
    });
  }
  const gpus = joinGpus(answer, nvidia);
  if (gpus.length > 0) {
    take('gpus', [{ source: nvidia === null ? 'WMI' : 'nvidia-smi', value: gpus.map((gpu) => gpu.name) }]);
  }
  const [battery] = answer.batteries;
  return {
    ...base,
    os,
    cpu: {
      ...base.cpu,
      vendor: take('cpu.vendor', [{ source: 'WMI', value: vendorName(processors[0]?.Manufacturer) }]),
      model: take(
        'cpu.model',
        [
          { source: 'WMI', value: processors[0]?.Name.trim() ?? null },
          { source: 'Node', value: reader.node.cpuModel },
        ],
        { isSame: isSameModel },
      ),
      sockets: take('cpu.sockets', [{ source: 'WMI', value: processors.length || null }]),
      physicalCores: take('cpu.physicalCores', [{ source: 'WMI', value: sum('NumberOfCores') }]),
      logicalCores:
        take('cpu.logicalCores', [
          { source: 'WMI', value: sum('NumberOfLogicalProcessors') },
          { source: 'Node', value: reader.node.logicalCores },
        ]) ?? base.cpu.logicalCores,
      extensions,
    },
    memoryBytes:
      take('memoryBytes', [
        { source: 'WMI', value: computer?.TotalPhysicalMemory ?? null },
        { source: 'Node', value: reader.node.memoryBytes },
      ]) ?? base.memoryBytes,
    gpus,
    power: {
      // 1 is discharging; the other states are of a battery on mains. Without a battery nothing is told.
      source:
        take('power.source', [
          { source: 'WMI', value: battery === undefined ? null : battery.BatteryStatus === 1 ? 'battery' : 'mains' },
        ]) ?? 'unknown',
      batteryPercent: take('power.batteryPercent', [
        { source: 'WMI', value: battery?.EstimatedChargeRemaining ?? null },
      ]),
    },
    virtualization: take('virtualization', [
      {
        source: 'WMI',
        value: computer === null ? null : virtualMachineOf(`${computer.Manufacturer} ${computer.Model}`),
      },
    ]),
  };
}

export function parseAnswer(text: string): Answer | null {
  try {
    const answer = JSON.parse(text) as Partial<Answer>;
    return {
      processors: answer.processors ?? [],
      displays: answer.displays ?? [],
      computer: answer.computer ?? null,
      batteries: answer.batteries ?? [],
      features: answer.features ?? [],
    };
  } catch {
    return null;
  }
}

function joinGpus({ displays }: Answer, nvidia: readonly FoundGpu[] | null): FoundGpu[] {
  const found = displays.map((display) => {
    const [, vendorId, deviceId] = /VEN_([\da-f]{4})&DEV_([\da-f]{4})/i.exec(display.PNPDeviceID ?? '') ?? [];
    return {
      name: display.Name,
      vendor: display.AdapterCompatibility,
      memoryBytes: null,
      driver: display.DriverVersion,
      id: display.PNPDeviceID,
      hardwareId: vendorId === undefined ? null : `${vendorId}:${deviceId}`.toLowerCase(),
    };
  });
  if (nvidia === null) return found;
  const isNvidia = ({ name, vendor }: FoundGpu): boolean => /nvidia/i.test(`${vendor ?? ''} ${name}`);
  return [
    ...nvidia.map((gpu) => ({ ...gpu, hardwareId: found.find(({ name }) => name === gpu.name)?.hardwareId ?? null })),
    ...found.filter((gpu) => !isNvidia(gpu)),
  ];
}
