import type { ElementType } from 'react';
import { bindUnits, bindUnitsAfter } from '#shared/text/bind-units.ts';

/** Elements whose text is copied as it stands. */
const COPIED = new Set<unknown>(['code', 'pre', 'textarea']);

/** The properties of an element with the texts among its children bound by `bindUnits`; they themselves where there is nothing to bind. */
export function bindChildren<Props extends { children?: unknown }>(type: ElementType, props: Props): Props {
  const { children } = props;
  if (COPIED.has(type)) return props;
  const bound = Array.isArray(children)
    ? bindAll(children)
    : typeof children === 'string'
      ? bindUnits(children)
      : children;
  return bound === children ? props : { ...props, children: bound };
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
