/** `Ctrl+K`, or `⌘K` on a Mac: keys as they are written there. */
export function shortcutText(key: string, platform: string = navigator.platform): string {
  return /^(mac|iphone|ipad)/i.test(platform) ? `⌘${key}` : `Ctrl+${key}`;
}
