import { trusted, type Html } from '../release/report/html.js';

/** What the page of a check has beside the style of all pages: more width, filters, findings. */
export const CHECK_STYLE: Html = trusted(`
main,header,footer{max-width:78rem}
.filters{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;padding:.7rem 1.2rem}
.filters fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1rem;min-width:0}
.filters legend{float:left;color:var(--quiet);font-size:.875rem;padding:.1rem .75rem 0 0}
.filters label{overflow-wrap:anywhere;cursor:pointer}
.filters input{margin:0 .35rem 0 0;accent-color:var(--accent)}
.findings article{border-top:1px solid var(--line);padding:.9rem 0 .4rem}
.findings h3{margin:0}
.findings .others{font-size:.875rem;overflow-wrap:anywhere;margin:.25rem 0 .5rem}
.level{display:inline-block;border-radius:.3rem;padding:.05rem .5rem;margin-right:.4rem;font-size:.875rem;background:var(--open-ground);color:var(--open)}
.level.verbatim,.level.dirty{background:var(--bad-ground);color:var(--bad)}
.level.kin,.level.suspect{background:var(--ground);color:var(--quiet)}
#others td{overflow-wrap:anywhere}
th[scope=row]{overflow-wrap:anywhere}
.protection div{grid-template-columns:minmax(8rem,18rem) 1fr}
.warning{color:var(--bad);overflow-wrap:anywhere}
@media print{.filters{display:none}.findings{break-inside:auto}.findings article{break-inside:avoid}}
`);
