/** How Whittle looks: a calm, dense instrument in a light and a dark scheme. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import type { MouseEvent } from 'react';
import { focusMenuButton } from './components/focus-menu-button.ts';

/** Petrol: quiet beside the colours of charts. Shade 7 on white and white on shade 7 have a contrast of 6 : 1. */
const petrol: MantineColorsTuple = [
  '#ecf6f7',
  '#d9eaec',
  '#b3d5d9',
  '#88bec5',
  '#63abb4',
  '#449aa5',
  '#287a86',
  '#1d6b77',
  '#17565f',
  '#0f4048',
];

const slate: MantineColorsTuple = [
  '#d8dee3',
  '#b6bfc7',
  '#95a0aa',
  '#6a757f',
  '#3a424a',
  '#2b3238',
  '#22282d',
  '#1a1f23',
  '#13171a',
  '#0d1012',
];

const small = { defaultProps: { size: 'xs' } };

export const theme = createTheme({
  colors: { petrol, dark: slate },
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.5', xl: '1.5' },
  spacing: { xs: '0.375rem', sm: '0.625rem', md: '0.875rem', lg: '1.25rem', xl: '1.75rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.35' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
      h4: { fontSize: '0.8125rem', lineHeight: '1.4' },
    },
  },
  components: {
    Text: { defaultProps: { size: 'sm' } },
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', size: 'md' } },
    TextInput: small,
    NumberInput: small,
    Select: small,
    MultiSelect: small,
    NativeSelect: small,
    Textarea: small,
    Switch: small,
    Checkbox: small,
    Radio: small,
    SegmentedControl: small,
    Badge: {
      defaultProps: { radius: 'sm', variant: 'light' },
      styles: { root: { textTransform: 'none', fontWeight: 500 } },
    },
    Modal: {
      defaultProps: { centered: true, transitionProps: { duration: 100 } },
      styles: { title: { fontWeight: 600, overflowWrap: 'anywhere' } },
    },
    Drawer: {
      defaultProps: { transitionProps: { duration: 120 } },
      styles: { title: { fontWeight: 600, overflowWrap: 'anywhere' } },
    },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    MenuDropdown: {
      defaultProps: { onClickCapture: (event: MouseEvent) => focusMenuButton(event.currentTarget) },
    },
    Tooltip: {
      defaultProps: {
        multiline: true,
        maw: 320,
        openDelay: 250,
        withArrow: true,
        events: { hover: true, focus: true, touch: true },
      },
    },
    Alert: { defaultProps: { variant: 'light' } },
    Notification: { styles: { description: { color: 'var(--mantine-color-dimmed)' } } },
  },
});

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#1c2226',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#57626b',
    '--mantine-color-placeholder': '#6c7780',
    '--mantine-color-default-border': '#d3d9de',
    '--mantine-color-anchor': '#1d6b77',
    '--whittle-canvas': '#f3f5f6',
    '--whittle-line': '#e1e6e9',
    '--whittle-outline': '#828d96',
    '--whittle-hover': '#f3f6f7',
    '--whittle-selected': '#e4f0f2',
    '--whittle-good': '#1a7f4b',
    '--whittle-warn': '#9a6700',
    '--whittle-bad': '#b42318',
    '--whittle-busy': '#1d6b77',
  },
  dark: {
    '--mantine-color-text': '#dde3e8',
    '--mantine-color-body': '#1a1f23',
    '--mantine-color-dimmed': '#9ba7b1',
    '--mantine-color-placeholder': '#8a959f',
    '--mantine-color-default-border': '#3a424a',
    '--mantine-color-anchor': '#7cc4cd',
    '--whittle-canvas': '#131719',
    '--whittle-line': '#2b3238',
    '--whittle-outline': '#76818b',
    '--whittle-hover': '#21272c',
    '--whittle-selected': '#1d3338',
    '--whittle-good': '#4cc38a',
    '--whittle-warn': '#e5a83b',
    '--whittle-bad': '#ff7b72',
    '--whittle-busy': '#63b8c3',
  },
});

/**
 * Colours of series in charts, told apart by colour-blind people too: Okabe and Ito (2008), ordered so that the first
 * ones contrast most with the ground. On white, their orange and sky blue are darkened until both stand out by 3:1.
 */
export const seriesColors: Readonly<Record<'light' | 'dark', readonly string[]>> = {
  light: ['#0072b2', '#bf7f00', '#009e73', '#d55e00', '#cc79a7', '#2f8fc7', '#3b3b3b'],
  dark: ['#56b4e9', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#f0e442', '#c8ced3'],
};

/** Grounds, lines and words of a chart, which cannot read style sheets. */
export const chartInk: Readonly<
  Record<'light' | 'dark', { text: string; faint: string; grid: string; ground: string }>
> = {
  light: { text: '#1c2226', faint: '#57626b', grid: '#e1e6e9', ground: '#ffffff' },
  dark: { text: '#dde3e8', faint: '#9ba7b1', grid: '#2b3238', ground: '#1a1f23' },
};
