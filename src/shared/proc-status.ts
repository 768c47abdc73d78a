/**
 * Resident memory of a process on Linux, bytes.
 * @param text the content of /proc/PID/status; what it does not say is null
 */
export function parseProcStatus(text: string): { residentBytes: number | null; peakBytes: number | null } {
  const bytesOf = (name: string): number | null => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  };
  return { residentBytes: bytesOf('VmRSS'), peakBytes: bytesOf('VmHWM') };
}
