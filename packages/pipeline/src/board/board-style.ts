/** What the board adds to the report's style sheet: one wide column, rows that can be struck out, small intervals on one axis. */
import { STYLE } from "../report/style.ts";

const BOARD = `
.wide{max-width:100rem;margin:0 auto;padding:0 1.5rem 4rem}
.tools{display:flex;flex-wrap:wrap;gap:.6rem 1.4rem;align-items:center;margin:1rem 0;position:sticky;top:0;background:var(--bg);padding:.5rem 0;z-index:2}
.tools label{font-size:.9rem;color:var(--muted)}
.jump{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0;margin:.6rem 0;font-size:.92rem}
table.board{width:100%}
table.board td,table.board tbody th{vertical-align:middle}
table.board td a,table.board th a{text-decoration:none}
table.board td a:hover,table.board th a:hover,table.board td a:focus,table.board th a:focus{text-decoration:underline}
table.board td.value a{color:var(--ink);font-weight:600}
table.board td.value .interval{white-space:nowrap}
table.board .rank{font-weight:650;width:3.4rem}
table.board thead th{white-space:normal}table.board thead th.num{max-width:6.5rem}
table.board td.spread{white-space:nowrap}table.board .rank .interval{font-weight:400}
table.board .plot{width:13%;min-width:7.5rem;padding:0 .6rem}
table.board .plot svg{display:block;width:100%;height:auto}
table.board tr.first .rank{color:var(--accent)}
table.board tr.barred td.value a,table.board tr.barred th .name{text-decoration:line-through;color:var(--muted);font-weight:500}
table.board .unbroken{white-space:nowrap}.why-title{margin-bottom:0}.why-title+ul{margin:.2rem 0;padding-left:1.2rem}
table.board td,table.board th{padding-right:.55rem}table.board td.spread a{font-size:.92em}
.tag.overlap{color:var(--grave)}
.evidence{border:1px solid var(--line);border-radius:8px;padding:.2rem 1.2rem .8rem;margin:1.1rem 0;scroll-margin-top:4rem}
.evidence:target,tr:target{outline:2px solid var(--accent)}
.evidence h3{margin:1rem 0 .4rem;overflow-wrap:anywhere}
.evidence table{min-width:0;width:100%}
.evidence td.num .interval{display:inline}
.back{font-size:.85rem;font-weight:400;margin-left:.6rem}
.sealed{color:var(--muted);font-style:italic}
@media print{.tools{display:none}}`;

/** The whole sheet of the page. */
export const BOARD_STYLE = `${STYLE}${BOARD}\n`;
