import type { Saved } from './host.ts';

/** Lets the browser save bytes that the page holds. */
export function downloadBytes(bytes: Blob, fileName: string): Saved {
  const address = URL.createObjectURL(bytes);
  followLink(address, fileName);
  // The download has begun by then; freeing it at once would cancel it in some browsers.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return { kind: 'downloaded' };
}

/** Lets the browser save what is at an address of the server. */
export function downloadAddress(address: string): Saved {
  followLink(address, '');
  return { kind: 'downloaded' };
}

function followLink(address: string, fileName: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
}
