/**
 * React's own, except that text keeps figures and their units on one line: all that the page says passes here, so no sentence has to
 * remember it. Text in `code` is left alone, because it is copied.
 */
import type { ElementType } from 'react';
import { Fragment, jsx as createElement, jsxs as createElements } from 'react/jsx-runtime';
import { bindChildren } from './bind-children.ts';

export { Fragment };
export type { JSX } from 'react/jsx-runtime';

type Props = { children?: unknown };

export function jsx(type: ElementType, props: Props, key?: string) {
  return createElement(type, bindChildren(type, props), key);
}

export function jsxs(type: ElementType, props: Props, key?: string) {
  return createElements(type, bindChildren(type, props), key);
}
