/** The style sheet: system fonts, light and dark by the reader's preference, A4 when printed. Nothing is loaded from anywhere. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f5f7f9; --text: #1b2127; --muted: #55606b; --line: #d5dce3; --accent: #0a62b8;
  --good: #0f6b3a; --bad: #a4262c; --doubt: #7a5300; --grid: #e4e9ee; --bar: #1b2127;
  --series-0: #0a62b8; --series-1: #c2500a; --series-2: #0b7f5c; --series-3: #9c3f86;
  --series-4: #8a6a00; --series-5: #2b7f96; --series-6: #5d6570; --series-7: #a33a3a;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #14181c; --panel: #1d2329; --text: #e6eaee; --muted: #a3aeb9; --line: #39424b; --accent: #6db3f5;
    --good: #6fd19a; --bad: #ff9d97; --doubt: #e8be5a; --grid: #2a3138; --bar: #e6eaee;
    --series-0: #6db3f5; --series-1: #f5a267; --series-2: #4fcf9f; --series-3: #e294cf;
    --series-4: #e0bd45; --series-5: #68c6de; --series-6: #b3bcc6; --series-7: #f28d8d;
  }
}
* { box-sizing: border-box; }
html { background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
body { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 44px 0 12px; padding-top: 14px; border-top: 1px solid var(--line); }
h3 { font-size: 1.08rem; line-height: 1.35; margin: 30px 0 8px; }
h4 { font-size: 1rem; margin: 20px 0 4px; }
p, ul, ol, dl { margin: 8px 0; }
ul { padding-left: 22px; }
li { margin: 3px 0; }
a { color: var(--accent); }
.muted { color: var(--muted); }
.small { font-size: .87rem; }
.about { color: var(--muted); margin: 0; }
.question { color: var(--muted); font-style: italic; margin: 0 0 4px; }
.answers { margin-top: 24px; }
.answer { background: var(--panel); border-left: 4px solid var(--accent); border-radius: 4px; padding: 14px 18px; margin: 14px 0; }
.answer .headline { font-size: 1.14rem; line-height: 1.4; font-weight: 600; margin: 0 0 8px; }
.answer ul { margin: 6px 0 0; }
.answer .caveats { color: var(--doubt); }
.status { border-left: 4px solid var(--doubt); background: var(--panel); padding: 8px 14px; border-radius: 4px; }
.table { overflow-x: auto; margin: 10px 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .87rem; line-height: 1.35; }
caption { text-align: left; color: var(--muted); padding: 0 0 6px; font-size: .87rem; }
@media screen { caption { position: sticky; left: 0; max-width: calc(100vw - 28px); } }
th, td { text-align: left; vertical-align: top; padding: 6px 8px; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
thead th { border-bottom: 2px solid var(--line); vertical-align: bottom; font-weight: 600; }
tbody th { font-weight: 400; }
.number { text-align: right; white-space: nowrap; }
.detail { display: block; color: var(--muted); font-size: .8rem; white-space: nowrap; }
.detail.wraps { white-space: normal; }
td.wraps { min-width: 14em; }
.name { overflow-wrap: anywhere; min-width: 15em; }
.short { white-space: nowrap; }
.name-text { font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); } .doubt { color: var(--doubt); }
figure { margin: 18px 0 26px; }
figcaption { color: var(--muted); font-size: .87rem; max-width: 920px; margin-top: 6px; }
figcaption strong { color: var(--text); }
.plot { overflow-x: auto; }
.chart { display: block; width: 100%; max-width: 920px; height: auto; min-width: 520px; font-family: inherit; }
.chart text { fill: var(--text); font-size: 11px; unicode-bidi: isolate; }
.chart .tick { fill: var(--muted); font-size: 10.5px; }
.chart .axis-title, .chart .row-condition { fill: var(--muted); }
.chart .row-condition { font-size: 10px; font-weight: 400; }
.chart .halo, .chart .point-label { paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
.chart .row-name { font-size: 11.5px; font-weight: 600; }
.chart .grid { stroke: var(--grid); stroke-width: 1; fill: none; }
.chart .axis { stroke: var(--muted); stroke-width: 1; fill: none; }
.chart .front { stroke: var(--muted); stroke-width: 1.2; stroke-dasharray: 5 4; fill: none; }
.chart .reference { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 2 3; fill: none; }
.chart .mark { fill: var(--series); stroke: var(--page); stroke-width: 1.2; }
.chart .bound { stroke: var(--text); stroke-width: 1.4; fill: none; }
.chart .curve { stroke: var(--series); stroke-width: 1.3; stroke-opacity: .5; fill: none; }
.chart .ring { stroke: var(--text); stroke-width: 1.5; fill: none; }
.chart .mark.undecided { fill-opacity: .3; stroke: var(--series); }
.chart .mark.does-not-hold { fill: var(--page); stroke: var(--series); }
.chart .error-bar { stroke: var(--series); stroke-width: 1.4; fill: none; }
.chart .dots { stroke: var(--series); stroke-width: 2.6; stroke-linecap: round; stroke-opacity: .4; fill: none; }
.chart .box { fill: var(--series); fill-opacity: .22; stroke: var(--series); stroke-width: 1; }
.chart .median { stroke: var(--series); stroke-width: 2.4; fill: none; }
.chart .band { fill: var(--series); fill-opacity: .2; stroke: none; }
.chart .line { stroke: var(--series); stroke-width: 1.4; fill: none; }
.chart .block-dots { stroke: var(--series); stroke-width: 4; stroke-linecap: round; fill: none; }
${Array.from({ length: 8 }, (_, index) => `.series-${index} { --series: var(--series-${index}); }`).join('\n')}
.key { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 6px 0 0; }
.key svg { vertical-align: -1px; margin-right: 5px; }
.key svg path, .key svg circle { fill: var(--series, var(--muted)); }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: 10px 12px; white-space: pre-wrap; overflow-wrap: anywhere; margin: 8px 0; }
pre, code { font: .84rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.facts { display: grid; grid-template-columns: minmax(110px, max-content) 1fr; gap: 3px 18px; margin: 8px 0; }
.facts dt { color: var(--muted); } .facts dd { margin: 0; }
.method p { max-width: 76ch; }
footer { margin-top: 48px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--muted); font-size: .87rem; }
@media (max-width: 600px) { body { padding: 20px 14px 40px; } .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: 6px; } }
@page {
  size: A4; margin: 14mm 13mm 16mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 7.4pt system-ui, "Liberation Sans", Arial, sans-serif; color: #55606b; }
}
@media print {
  html { font-size: 9.4pt; line-height: 1.42; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  body { max-width: none; margin: 0; padding: 0; }
  h1 { font-size: 17pt; } h2 { font-size: 13pt; margin-top: 20pt; } h3 { font-size: 10.6pt; margin-top: 14pt; }
  h1, h2, h3, h4, caption { break-after: avoid; }
  caption { break-inside: avoid; }
  .answer, .status, figure, tr, .plot svg, .together { break-inside: avoid; }
  figure.long { break-inside: auto; }
  thead { display: table-header-group; break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  tbody.together { break-inside: avoid; }
  p, li { orphans: 3; widows: 3; }
  .table, .plot { overflow: visible; }
  table { font-size: 7.4pt; } th, td { padding: 3pt 4pt; } .detail { font-size: 6.7pt; }
  .name { min-width: 36mm; }
  .chart { min-width: 0; max-width: none; }
  pre, code { font-size: 7.8pt; }
  .method p, figcaption { max-width: none; }
  a { color: inherit; text-decoration: none; }
}
`;
