/** A browser's own file dialog. Empty when the user gave up. */
export function pickFiles(options: { accept?: string; areMany: boolean }): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = options.areMany;
    if (options.accept !== undefined) input.accept = options.accept;
    input.addEventListener('change', () => resolve([...(input.files ?? [])]), { once: true });
    input.addEventListener('cancel', () => resolve([]), { once: true });
    input.click();
  });
}
