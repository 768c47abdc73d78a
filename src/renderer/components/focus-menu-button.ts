/**
 * Moves the focus from a menu to the button that opened it. A dialog gives the focus back to what had it, and items of a menu are gone by
 * then.
 * @param menu the open menu, which its button names in `aria-controls`
 */
export function focusMenuButton(menu: Element): void {
  document.querySelector<HTMLElement>(`[aria-controls="${CSS.escape(menu.id)}"]`)?.focus();
}
