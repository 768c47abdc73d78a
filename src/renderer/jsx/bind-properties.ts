import type { ElementType } from 'react';
import { bindUnits, bindUnitsAfter } from '#shared/text/bind-units.ts';

/** Elements whose text is copied as it stands. */
const COPIED = new Set<unknown>(['code', 'pre', 'textarea']);

/**
 * Properties whose texts are laid out in lines by the component or the browser that they are handed to. What is copied, looked for or read out,
 * such as `value` and `aria-label`, is none of them.
 */
const SHOWN = ['title', 'label', 'description', 'placeholder', 'error', 'message'] as const;

/** The properties of an element with the texts that it shows bound by `bindUnits`; they themselves where there is nothing to bind. */
export function bindProperties<Props extends object>(type: ElementType, props: Props): Props {
  return COPIED.has(type) ? props : bindTexts(props);
}

/** The same for what becomes an element only later, such as a notice. */
export function bindTexts<Props extends object>(props: Props): Props {
  const values = props as Readonly<Record<string, unknown>>;
  const changed: Record<string, unknown> = {};
  let isChanged = false;
  for (const name of ['children', ...SHOWN]) {
    const value = values[name];
    const bound = Array.isArray(value) ? bindAll(value) : typeof value === 'string' ? bindUnits(value) : value;
    if (bound === value) continue;
    changed[name] = bound;
    isChanged = true;
  }
  return isChanged ? { ...props, ...changed } : props;
}

/** Parts of a sentence stand beside one another: `{figure} ms` is two of them. */
function bindAll(children: readonly unknown[]): readonly unknown[] {
  let isChanged = false;
  const bound = children.map((child, index) => {
    if (typeof child !== 'string') return child;
    const before: unknown = children[index - 1];
    const text = isText(before) ? bindUnitsAfter(before, child) : bindUnits(child);
    isChanged ||= text !== child;
    return text;
  });
  return isChanged ? bound : children;
}

function isText(child: unknown): child is string | number {
  return typeof child === 'string' || typeof child === 'number';
}
