/** Failures of the operating system that everybody can meet, in words. Pure: reads what was thrown. */

/** Of failures that name no file. */
const general: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'The quota of this user on the disk is used up',
  SQLITE_FULL: 'The disk of the home is full',
  EMFILE: 'Too many files are open at once',
  ENFILE: 'Too many files are open on this machine',
  EIO: 'The disk failed to read or to write',
};
const waysOut: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room, or write to another disk.',
  EDQUOT: 'Make room, or write to another disk.',
  SQLITE_FULL: 'Make room there. What was saved before is kept.',
  EMFILE: 'Raise the limit of this user (“ulimit -n”), and try again.',
  ENFILE: 'Close other programs, and try again.',
  EIO: 'Copy what is on it, and use another one.',
};

const ofPath: Readonly<Record<string, (path: string) => string>> = {
  EACCES: (path) => `This user may not read or write ${path}. Ask for the right to, or name another place.`,
  EPERM: (path) => `The system does not allow to read or write ${path}. Name another place.`,
  EROFS: (path) => `${path} lies on a disk that can be read only. Name another place.`,
  ENOENT: (path) => `${path} does not exist and cannot be made. Name another place.`,
  ENOTDIR: (path) =>
    `${path} cannot be there, because a part of this path is a file and no folder. Name another place.`,
  EISDIR: (path) => `${path} is a folder. Name a file.`,
  ENAMETOOLONG: (path) => `The name ${path} is too long for the system. Name a shorter one.`,
};

/** @returns a sentence or two with the way out; null for anything that is no failure of the system, which is a bug then */
export function explainSystemError(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : null;
  const what = general[error.code];
  if (what !== undefined) return `${what}${path === null ? '' : ` (${path})`}. ${waysOut[error.code]}`;
  return path === null ? null : (ofPath[error.code]?.(path) ?? null);
}
