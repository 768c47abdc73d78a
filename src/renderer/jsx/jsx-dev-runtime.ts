/** As `jsx-runtime.ts`, for `npm run dev`. */
import { Fragment, type JSXSource, jsxDEV as createElement } from 'react/jsx-dev-runtime';
import type { ElementType, Key } from 'react';
import { bindProperties } from './bind-properties.ts';

export { Fragment };
export type { JSX } from 'react/jsx-dev-runtime';

export function jsxDEV(
  type: ElementType,
  props: { children?: unknown },
  key: Key | undefined,
  isStatic: boolean,
  source?: JSXSource,
  self?: unknown,
) {
  return createElement(type, bindProperties(type, props), key, isStatic, source, self);
}
