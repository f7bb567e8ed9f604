/**
 * The style sheet of the report: one column to read, contents beside it, light and dark by the reader's own setting,
 * and a print form. System fonts only: the file loads nothing. Series colours are Okabe and Ito's (2008), lightened on dark.
 */

const COLOURS = `
:root{color-scheme:light dark;--bg:#fff;--ink:#17211f;--muted:#53625f;--line:#d8e0de;--card:#f4f8f7;--accent:#00695c;
--internal:#0072b2;--external:#c24e00;--reference:#6f7b78;--grave:#a3261b;--grave-bg:#fdecea;--plain:#8a5a00;--plain-bg:#fff5e0;--mark:#fff}
@media (prefers-color-scheme:dark){:root{--bg:#111817;--ink:#e4ecea;--muted:#9db0ab;--line:#2c3937;--card:#182220;--accent:#5cc8b5;
--internal:#56b4e9;--external:#f59249;--reference:#9aa8a4;--grave:#ff9d92;--grave-bg:#3a1916;--plain:#f3c264;--plain-bg:#33270d;--mark:#111817}}`;

const PAGE = `
*{box-sizing:border-box}
html{scroll-padding-top:3.2rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:var(--accent)}
.page{display:grid;grid-template-columns:13.5rem minmax(0,66rem);gap:2.5rem;max-width:84rem;margin:0 auto;padding:0 1.5rem 4rem}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:1.6rem 0;font-size:.86rem}
nav ol{list-style:none;margin:0;padding:0}
nav a{display:block;padding:.22rem .6rem;color:var(--muted);text-decoration:none;border-left:2px solid var(--line)}
nav a:hover,nav a:focus{color:var(--accent);border-color:var(--accent)}
nav .home{color:var(--ink);font-weight:600;margin-bottom:.5rem;overflow-wrap:anywhere}
h1,h2,h3,h4{line-height:1.25;text-wrap:balance}
h1{font-size:2rem;margin:.2rem 0 1rem;overflow-wrap:anywhere}
h2{font-size:1.35rem;margin:0 0 .8rem}
h2 .no{color:var(--accent);font-variant-numeric:tabular-nums;margin-right:.6rem;font-weight:500}
h3{font-size:1.05rem;margin:1.6rem 0 .5rem}
h4{font-size:.95rem;margin:0 0 .4rem}
section{padding:2rem 0 .4rem;border-top:1px solid var(--line);margin-top:1.6rem}
p{max-width:46rem;margin:.5rem 0}
.kicker{color:var(--muted);margin:1.8rem 0 0;font-size:.86rem;letter-spacing:.04em;text-transform:uppercase}
.lead{font-size:1.06rem;max-width:52rem}
.headline{font-size:1.5rem;line-height:1.3;font-weight:600;margin:.2rem 0 .6rem;font-variant-numeric:tabular-nums}
.headline small{display:block;font-size:.95rem;font-weight:400;color:var(--muted)}
.muted,.note{color:var(--muted)}
.note{font-size:.88rem}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.84rem}
code{overflow-wrap:anywhere}
pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;overflow-x:auto}
.use{background:var(--card);border:1px solid var(--line);border-left:5px solid var(--accent);border-radius:6px;padding:.6rem 1rem;max-width:none;font-size:.92rem}
.synthetic{margin:1rem 0;padding:1rem 1.2rem;border:3px solid var(--grave);border-radius:6px;background:var(--grave-bg);max-width:none}
.synthetic strong{display:block;font-size:1.35rem;letter-spacing:.03em;color:var(--grave)}
.stamp{display:none}
.warnings{list-style:none;padding:0;margin:1rem 0;display:grid;gap:.6rem}
.warnings li{border-left:5px solid var(--plain);background:var(--plain-bg);border-radius:4px;padding:.55rem .9rem}
.warnings li.grave{border-color:var(--grave);background:var(--grave-bg)}
.warnings strong{display:block;color:var(--plain)}
.warnings .grave strong{color:var(--grave)}
.warnings p{margin:.15rem 0 0;max-width:none;font-size:.93rem;overflow-wrap:anywhere}
summary{cursor:pointer;color:var(--accent);font-size:.9rem}
details{margin:.4rem 0}
footer{color:var(--muted);font-size:.85rem;border-top:1px solid var(--line);margin-top:2.5rem;padding-top:1rem}`;

const TABLES = `
.scroll{overflow-x:auto;margin:.6rem 0;max-width:100%}
.scroll:focus-visible{outline:2px solid var(--accent)}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums;min-width:min(100%,42rem)}
table[data-sortable],table.forest,details table{width:100%}
table[data-sortable] td:not(.word){white-space:nowrap}table[data-sortable] thead th.num{white-space:normal;max-width:7rem}table[data-sortable] td{vertical-align:middle}table[data-sortable] tbody th{vertical-align:middle}
details table,.pair table{min-width:0;width:100%}
caption{text-align:left;color:var(--muted);font-size:.86rem;padding-bottom:.35rem}
th,td{text-align:left;padding:.32rem .7rem .32rem 0;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-weight:600;font-size:.8rem;vertical-align:bottom;border-bottom:2px solid var(--line)}
tbody th{font-weight:500}
td.num,th.num{text-align:right;white-space:nowrap}
.num+td:not(.num),.num+th:not(.num){padding-left:1rem}
table.forest thead th:nth-child(n+3){text-align:right}
td.date{white-space:nowrap}
td.pic{padding:.2rem .7rem .2rem 0;width:4.4rem}
td.pic img{display:block;max-width:4rem;max-height:4rem;border-radius:3px;background:#fff}
td.word,th.word{overflow-wrap:anywhere;min-width:9rem}
.undefined{color:var(--muted);font-style:italic}
.interval{color:var(--muted);white-space:nowrap;display:block;font-size:.92em}
.why{color:var(--muted);display:block;font-size:.92em;max-width:20rem;font-weight:400}
.main .interval{font-weight:400}
.method{color:var(--muted);font-size:.92em;min-width:12rem}
.main td,.main th{font-weight:650}
.tag{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:0 .5rem;font-size:.78rem;line-height:1.4;white-space:nowrap}
.tag.refuse,.tag.failed,.tag.wrong{color:var(--grave)}.tag.warn{color:var(--plain)}.tag.info,.tag.done{color:var(--muted)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:0 2.5rem}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1.2rem;margin:.6rem 0;font-size:.93rem}
.facts dt{color:var(--muted)}.facts dd{margin:0;overflow-wrap:anywhere}
button.sort{all:unset;cursor:pointer;color:inherit;font:inherit}
button.sort:focus-visible{outline:2px solid var(--accent)}
th[aria-sort=ascending] button::after{content:" ↑"}th[aria-sort=descending] button::after{content:" ↓"}
input.filter{font:inherit;font-size:.9rem;padding:.3rem .6rem;width:min(24rem,100%);border:1px solid var(--line);border-radius:5px;background:var(--bg);color:inherit}`;

const FIGURES = `
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(21rem,100%),1fr));gap:1.6rem 2rem;margin:1rem 0}
figure{margin:0}
figure.chart svg{width:100%;height:auto;display:block}
figcaption{font-size:.85rem;color:var(--muted)}
.legend{list-style:none;margin:.2rem 0;padding:0}
.legend li{display:flex;gap:.5rem;align-items:baseline}
.legend svg{flex:none;width:28px!important;height:12px!important;position:relative;top:1px}
svg text{fill:var(--muted);font:11px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;font-variant-numeric:tabular-nums}
svg .axis{fill:var(--ink);font-size:12px}
svg .grid{stroke:var(--line);stroke-width:.7}
svg .chance{stroke:var(--reference);stroke-dasharray:2 3}
.series{fill:none;stroke-width:2;stroke-linejoin:round}
.series.internal,.series.train,.whisker.internal,.series.internal-reference{stroke:var(--internal)}
.series.external,.series.tune,.whisker.external,.series.external-reference{stroke:var(--external)}
.series.internal{stroke-dasharray:7 3}
.series.train{stroke-width:1.5}
.series.external{stroke-width:2.6}
.series.internal-reference,.series.external-reference{stroke-width:1.2;stroke-dasharray:1.5 3;stroke-linecap:round}
.series.reference{stroke:var(--reference);stroke-width:1.2;stroke-dasharray:3 3}
.whisker{stroke-width:1.6}.whisker.reference{stroke:var(--reference)}
.mark{stroke:var(--mark);stroke-width:1}
.mark.internal,.bar.internal{fill:var(--internal)}.mark.external,.bar.external{fill:var(--external)}.mark.reference{fill:var(--reference)}.mark.tune{fill:var(--external)}
table.forest td,table.forest th{vertical-align:middle}
table.forest .plot{width:36%;min-width:9rem;padding:0 .7rem 0 0}
table.forest svg{display:block;width:100%;height:auto}
.flow{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.3fr);gap:.5rem 1.2rem;max-width:46rem;font-size:.92rem}
.flow>*{border:1px solid var(--line);border-radius:6px;padding:.5rem .8rem;background:var(--card)}
.flow .step{grid-column:1}.flow .out{grid-column:2;background:none;border-style:dashed;color:var(--muted)}
.flow .out ul{margin:0;padding-left:1.1rem}
.finding{border-left:4px solid var(--line);padding:.1rem 0 .1rem 1rem;margin:1.1rem 0}.finding.refuse{border-color:var(--grave)}.finding.warn{border-color:var(--plain)}
.finding p{margin:.2rem 0;font-size:.93rem}.finding h4{margin:0}.finding .tag{margin-left:.4rem;font-weight:400}.finding ul{font-size:.88rem;margin:.3rem 0}
.heat{border:1px solid var(--line);border-radius:8px;padding:.9rem 1rem;margin:1rem 0;background:var(--card)}
.heat h4{overflow-wrap:anywhere}
.trio{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.8rem;margin-top:.5rem}
.trio label{cursor:zoom-in;display:block}.trio input{position:absolute;opacity:0}
.trio img{display:block;width:100%;height:auto;max-height:22rem;object-fit:contain;background:#fff;border-radius:4px}
.trio input:focus-visible+img{outline:2px solid var(--accent)}
.trio figure:has(input:checked){grid-column:1/-1}
.trio input:checked+img{max-height:none;cursor:zoom-out}
.scales{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1rem 2rem;margin:.8rem 0}
.scales svg{display:block;width:100%;max-width:24rem;height:auto}
.strip{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.2rem,1fr));gap:.7rem;margin:.4rem 0 1rem}
.strip img{display:block;width:100%;border-radius:3px;background:#fff}
.strip figcaption{font-size:.76rem;line-height:1.35;font-variant-numeric:tabular-nums}`;

const NARROW = `
@media (max-width:62rem){.page{display:block;padding:0 1rem 3rem}
nav{z-index:2;background:var(--bg);margin:0 -1rem;padding:.4rem 1rem;border-bottom:1px solid var(--line);max-height:none}
nav ol{display:flex;overflow-x:auto;gap:.2rem}nav li{flex:none}nav a{border:0;padding:.3rem .5rem;white-space:nowrap}nav .home{display:none}
h1{font-size:1.6rem}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}}
@media (max-width:40rem){.flow{grid-template-columns:1fr}.flow .out{grid-column:1;margin-left:1.4rem}.trio{grid-template-columns:1fr}
table.forest .plot{display:none}
table{min-width:0;font-size:.8rem}th,td{padding:.3rem .35rem .3rem 0}.why{max-width:8rem}.undefined{max-width:7rem}.interval{white-space:normal}}`;

const PRINT = `
@media print{:root{color-scheme:light;--bg:#fff;--ink:#000;--muted:#444;--line:#bbb;--card:#fff;--accent:#000;--internal:#0072b2;--external:#c24e00;
--reference:#666;--grave:#a3261b;--grave-bg:#fff;--plain:#6b4600;--plain-bg:#fff;--mark:#fff}
body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}.page{display:block;max-width:none;padding:0}nav,input.filter{display:none}
section{break-before:auto}h2,h3,h4{break-after:avoid}figure,.heat,tr,.warnings li{break-inside:avoid}.scroll{overflow:visible}
.stamp{display:block;position:fixed;bottom:0;right:0;font-size:8pt;color:var(--grave)}}`;

/** The whole sheet, in cascade order. */
export const STYLE = `${COLOURS}${PAGE}${TABLES}${FIGURES}${NARROW}${PRINT}\n`;
