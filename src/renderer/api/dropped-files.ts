/**
 * The files of a drop as the browser made them: only those have a path in the Whittle window, which copies made through
 * a file system handle do not. While something is dragged over the page, only its items can be seen.
 */
export function filesOf(event: unknown): (File | DataTransferItem)[] {
  if (typeof event !== 'object' || event === null) return [];
  const { dataTransfer, target } = event as Partial<DragEvent>;
  const dropped = [...(dataTransfer?.files ?? [])];
  if (dropped.length > 0) return dropped;
  const dragged = [...(dataTransfer?.items ?? [])].filter(({ kind }) => kind === 'file');
  return dragged.length > 0 ? dragged : [...((target as Partial<HTMLInputElement> | null)?.files ?? [])];
}
