import { trusted, type Html } from './html.js';

/** The page's style sheet: light and dark by the reader's setting, readable at 360 pixels and on paper. */
export const STYLE: Html = trusted(`
:root{color-scheme:light dark;--ground:#fbfbf9;--card:#fff;--ink:#1c2024;--quiet:#5b636b;--line:#d9dcdf;
--good:#12633a;--good-ground:#e3f3e9;--bad:#9b1c1c;--bad-ground:#fbe7e6;--open:#7a4b00;--open-ground:#fbf0da;
--accent:#1f5fa8;--mark:#ffe28a}
@media (prefers-color-scheme:dark){:root{--ground:#15181b;--card:#1d2125;--ink:#e8eaec;--quiet:#a3abb3;
--line:#363c42;--good:#7fd6a3;--good-ground:#16301f;--bad:#ff9d97;--bad-ground:#3a1a19;--open:#f2c572;
--open-ground:#33270f;--accent:#8bbcf5;--mark:#6b5600}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main,header,footer{max-width:56rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:0 0 .5rem}
h3{font-size:1rem;margin:1.25rem 0 .5rem}
p{margin:.5rem 0}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.1rem 1.2rem;margin:1rem 0}
.small,.quiet{color:var(--quiet);font-size:.875rem}
.verdict{border-left-width:.5rem}
.verdict h2{font-size:2rem;line-height:1.15;margin:0}
.verdict .lead{font-size:1.1rem;overflow-wrap:anywhere}
.verdict.good{background:var(--good-ground);border-color:var(--good)}
.verdict.good h2{color:var(--good)}
.verdict.bad{background:var(--bad-ground);border-color:var(--bad)}
.verdict.bad h2{color:var(--bad)}
.verdict.open{background:var(--open-ground);border-color:var(--open)}
.verdict.open h2{color:var(--open)}
.verdict .small{color:inherit}
.next{margin-top:1rem;border-top:1px solid var(--line);padding-top:.6rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1rem 0;padding:0}
.figures:has(>div:nth-child(6)){grid-template-columns:repeat(auto-fit,minmax(max(9rem,30%),1fr))}
.figures div{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.7rem .9rem}
.figures dt{color:var(--quiet);font-size:.875rem}
.figures dd{margin:0;font-size:1.45rem;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{text-align:left;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--quiet);font-weight:500;font-size:.875rem;white-space:nowrap}
tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th.number,td.number{padding-right:.9rem}
tr.clean td,tr.clean th{font-weight:600}
tr.all th{font-weight:400}
tr.leak td:nth-child(2){color:var(--bad);font-weight:600}
.why{display:block}
.role{font-weight:400;font-size:.8125rem;color:var(--quiet);border:1px solid var(--line);border-radius:1rem;padding:.05rem .5rem;white-space:nowrap}
.checks{list-style:none;margin:0;padding:0}
.checks li{display:flex;gap:.6rem;padding:.45rem 0;border-bottom:1px solid var(--line)}
.checks li:last-child{border-bottom:0}
.mark{flex:none;width:1.5rem;height:1.5rem;border-radius:50%;text-align:center;line-height:1.5rem;font-weight:700}
.pass .mark{background:var(--good-ground);color:var(--good)}
.fail .mark{background:var(--bad-ground);color:var(--bad)}
.inconclusive .mark,.warn .mark{background:var(--open-ground);color:var(--open)}
.outcome{color:var(--quiet);font-size:.875rem}
.intervals{width:100%;max-width:36rem;height:auto;display:block;margin:.6rem 0 0;font-size:14px}
.intervals text{fill:var(--ink)}
.intervals .tick{fill:var(--quiet);font-size:13px}
.intervals line{stroke:var(--accent);stroke-width:3}
.intervals circle{fill:var(--accent)}
.intervals .all line{stroke:var(--quiet);stroke-width:2}
.intervals .all circle{fill:var(--quiet)}
.intervals .clean text{font-weight:600}
.intervals .zero{stroke:var(--line);stroke-width:2}
.intervals .bar{stroke:var(--open);stroke-width:1.5;stroke-dasharray:5 4}
.slices tbody th{overflow-wrap:anywhere;min-width:7rem}
.slices td:last-child{white-space:nowrap}
.slices .plot{width:22%;padding-right:.9rem}
.slices .axis{display:flex;justify-content:space-between}
.span{width:100%;max-width:18rem;height:auto;display:block;color:var(--accent)}
.span line{stroke:currentColor;stroke-width:2}
.span circle{fill:currentColor}
.span .zero{stroke:var(--line)}
.span .bar{stroke:var(--open);stroke-width:1.5;stroke-dasharray:3 2}
.slices .shown .span{color:var(--quiet)}
.slices .fail .span{color:var(--bad)}
.slices .fail td:last-child{color:var(--bad);font-weight:600}
.bars div,.facts div{display:grid;grid-template-columns:8rem 1fr;gap:.75rem;padding:.15rem 0}
.bars,.facts{margin:0}
.bars dd,.facts dd{margin:0;overflow-wrap:anywhere}
.bars dt,.facts dt{color:var(--quiet)}
.bars .bar{display:inline-block;height:.75rem;background:var(--accent);border-radius:.2rem;margin-right:.4rem;min-width:2px}
pre{margin:.5rem 0;padding:.7rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:.4rem;overflow-x:auto}
code{font:.875em/1.4 ui-monospace,monospace}
blockquote{margin:.25rem 0 .75rem;padding:.5rem .8rem;border-left:3px solid var(--line);overflow-wrap:anywhere;white-space:pre-wrap}
mark{background:var(--mark);color:inherit;border-radius:.15rem}
summary{cursor:pointer;padding:.3rem 0}
footer{padding-bottom:2rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:30rem){section{padding:.9rem}.verdict h2{font-size:1.6rem}.facts div{grid-template-columns:1fr;gap:0}
.bars div{grid-template-columns:5.5rem 1fr}.intervals{font-size:22px}.intervals .tick{font-size:20px}
.scores{font-size:.8125rem}.scores thead th{font-size:.6875rem}.scores th,.scores td{padding-right:.25rem!important}
.stacked thead{display:none}.stacked tr{display:grid;grid-template-columns:repeat(3,auto) 1fr;column-gap:1rem;border-bottom:1px solid var(--line);padding:.35rem 0}
.stacked th,.stacked td{border:0;padding:0;text-align:left}.stacked th{grid-column:1/-1}.stacked td:last-child{grid-column:1/-1;color:var(--quiet);font-size:.875rem}
.stacked td[data-name]::before{content:attr(data-name) " ";color:var(--quiet);font-size:.75rem}}
@media (max-width:44rem){.slices thead,.measured thead{display:none}.slices tr,.measured tr{display:flex;flex-wrap:wrap;column-gap:.9rem;border-bottom:1px solid var(--line);padding:.35rem 0}
.slices th,.slices td,.measured th,.measured td{border:0;padding:0;text-align:left}.measured td:first-child:not(:empty){flex:0 0 100%;font-weight:600}.slices th,.slices td.plot,.slices td:last-child{flex:0 0 100%}
.slices td[data-name]::before,.measured td[data-name]::before{content:attr(data-name) " ";color:var(--quiet);font-size:.75rem}}
@media print{body{background:#fff}section{break-inside:avoid}.slices tr{break-inside:avoid}}
`);
