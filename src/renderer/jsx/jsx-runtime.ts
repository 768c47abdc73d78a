/**
 * React's own, except that text keeps figures and their units on one line: what the page says passes here, as what is inside an
 * element or as a property that is shown, so no sentence has to remember it. Text in `code` is left alone, because it is copied.
 */
import type { ElementType } from 'react';
import { Fragment, jsx as createElement, jsxs as createElements } from 'react/jsx-runtime';
import { bindProperties } from './bind-properties.ts';

export { Fragment };
export type { JSX } from 'react/jsx-runtime';

type Props = { children?: unknown };

export function jsx(type: ElementType, props: Props, key?: string) {
  return createElement(type, bindProperties(type, props), key);
}

export function jsxs(type: ElementType, props: Props, key?: string) {
  return createElements(type, bindProperties(type, props), key);
}
