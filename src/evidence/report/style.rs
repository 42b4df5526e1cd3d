//! The style of the page: light, dark, and A4 in print. Nothing is loaded from anywhere.

pub(super) const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b2733;--soft:#5b6b7a;--line:#d9e0e6;--paper:#fff;--wash:#f4f7f9;--accent:#1f4e79;--good:#1d7a4a;--part:#a86a00;--bad:#b3261e}\
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9badbd;--line:#33424f;--paper:#141b22;--wash:#1c2630;--accent:#8fc1ee;--good:#63c794;--part:#e0a94a;--bad:#f2857c}}\
*{box-sizing:border-box}\
body{margin:0 auto;padding:2.5rem 1.5rem;max-width:60rem;background:var(--paper);color:var(--ink);font:15px/1.5 'Segoe UI',system-ui,-apple-system,'Helvetica Neue',Arial,sans-serif}\
header{border-bottom:3px solid var(--accent);padding-bottom:1rem;margin-bottom:1.5rem}\
h1{font-size:2rem;line-height:1.2;margin:0;letter-spacing:-.01em}\
header p{margin:.25rem 0 0;color:var(--soft)}\
h2{font-size:1.25rem;margin:2.25rem 0 .5rem;color:var(--accent)}\
h3{font-size:1rem;margin:1.25rem 0 .35rem}\
p.about{color:var(--soft);margin:.25rem 0 .75rem;max-width:46rem}\
dl{display:grid;grid-template-columns:9rem 1fr;gap:.2rem 1rem;margin:0}\
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\
.sums{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.5rem,1fr));gap:.6rem;margin:1.5rem 0;padding:0;list-style:none}\
.sums li{background:var(--wash);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem}\
.sums b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}\
.sums span{color:var(--soft);font-size:.85rem}\
table{width:100%;border-collapse:collapse;font-size:.86rem}\
th{text-align:left;color:var(--soft);font-weight:600;border-bottom:2px solid var(--line);padding:.3rem .5rem}\
td{border-bottom:1px solid var(--line);padding:.35rem .5rem;vertical-align:top}\
table.calls{table-layout:fixed}.calls th:nth-child(1){width:3rem}.calls th:nth-child(2){width:7rem}.calls th:nth-child(4){width:9.5rem}.calls th:nth-child(5){width:9rem}.calls th:nth-child(6){width:4rem}\
.calls td{overflow-wrap:anywhere}.calls td span.k{white-space:nowrap}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
td.t{white-space:nowrap;font-variant-numeric:tabular-nums}\
code{font:.92em ui-monospace,'SF Mono',Menlo,Consolas,monospace;overflow-wrap:anywhere}\
.note{display:block;color:var(--soft);font-size:.92em}\
.mark{display:inline-block;min-width:5.2rem;text-align:center;border-radius:1rem;padding:.05rem .6rem;font-size:.8rem;font-weight:600;border:1px solid currentColor}\
.seen,.good{color:var(--good)}.part{color:var(--part)}.none,.bad{color:var(--bad)}.outside{color:var(--soft)}\
.finding{border-left:4px solid var(--part);background:var(--wash);padding:.6rem .9rem;margin:.75rem 0;border-radius:0 .4rem .4rem 0}\
.finding h3{margin:0 0 .25rem}.finding p{margin:.2rem 0}\
.bar{height:.55rem;background:var(--line);border-radius:.3rem;overflow:hidden}.bar i{display:block;height:100%;background:var(--accent)}\
.service{display:grid;grid-template-columns:12rem 1fr 9rem;gap:1rem;align-items:center;margin:1rem 0 .4rem;font-weight:600}\
.service span{text-align:right;color:var(--soft);font-weight:400;font-variant-numeric:tabular-nums}\
.endpoint{display:grid;grid-template-columns:12rem 1fr;gap:1rem;margin:.15rem 0;font-size:.86rem}\
.endpoint svg{display:block;max-width:100%}\
.c{fill:none;stroke:var(--line)}.c1{fill:var(--accent);fill-opacity:.4;stroke:var(--accent)}.c2{fill:var(--accent);stroke:var(--accent)}\
.hash{background:var(--wash);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem}\
a{color:var(--accent)}tr:target td{background:var(--wash)}\
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.75rem;color:var(--soft);font-size:.85rem}\
@page{size:A4;margin:16mm 14mm}\
@media print{:root{color-scheme:light;--ink:#1b2733;--soft:#4d5b68;--line:#cfd7de;--paper:#fff;--wash:#f4f7f9;--accent:#1f4e79;--good:#1d7a4a;--part:#8a5700;--bad:#b3261e}\
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}\
body{padding:0;max-width:none;font-size:10pt}h1{font-size:20pt}h2{font-size:13pt;margin-top:1.4rem}\
h2,h3,.service{break-after:avoid}tr,.finding,.endpoint,.sums li,.hash,.checklist{break-inside:avoid}thead{display:table-header-group}\
a{text-decoration:none;color:inherit}.sums{grid-template-columns:repeat(6,1fr);gap:.4rem}.sums b{font-size:15pt}\
table{font-size:8.5pt}td,th{padding:.2rem .35rem}h3{margin:.8rem 0 .2rem}.calls th:nth-child(1){width:2.2rem}.calls th:nth-child(2){width:5.8rem}.calls th:nth-child(4){width:7.5rem}.calls th:nth-child(5){width:7rem}.calls th:nth-child(6){width:3rem}}\
";
