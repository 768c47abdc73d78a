/** Whether a path begins at the root, on any system: the workbench, which reads it, has another folder to begin at. */
export function isWholePath(path: string): boolean {
  return /^([/\\]|[A-Za-z]:[/\\])/.test(path.trim());
}
