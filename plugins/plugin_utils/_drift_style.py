# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style sheet of the drift page: system fonts, light and dark, phone to desktop, paper.

Colours and base are those of every page, see ``module_utils/_page.py``.
"""

from __future__ import annotations

from ..module_utils._page import BASE, LIGHT, variables

STYLE = (
    BASE
    + r"""
.tile.warn b{color:var(--warn)}.good~main .tile.fine b{color:var(--good)}.tile.bad b{color:var(--bad)}
.tile.bad{border-color:var(--bad)}

.sites{width:100%;border-collapse:collapse}
.sites th,.sites td{padding:.5rem 1rem;text-align:right;border-top:1px solid var(--line);white-space:nowrap}
.sites thead th{border-top:0;color:var(--soft);font-weight:500;font-size:.8125rem}
.sites th:first-child{text-align:left;white-space:normal;width:60%;overflow-wrap:anywhere}
.run .tile.warn b,.run .sites .warn,.run .dot.warn{color:var(--link)}.run .dot.warn{background:var(--hover)}
.sites .zero{color:var(--soft)}.sites .warn{color:var(--warn);font-weight:650}
.sites .bad{color:var(--bad);font-weight:650}
.dot{display:inline-grid;place-items:center;width:1.25rem;height:1.25rem;border-radius:50%;font-size:.75rem;
  font-weight:700;margin-right:.625rem;vertical-align:1px}
.dot.fine{background:var(--good-bg);color:var(--good)}.dot.warn{background:var(--warn-bg);color:var(--warn)}
.dot.bad{background:var(--bad-bg);color:var(--bad)}
.fold summary{padding:.625rem 1rem;cursor:pointer;font-weight:600}

#objects{margin-top:.5rem}
.find{position:relative}
.find kbd{position:absolute;right:.5rem;bottom:.5rem}
.find input:focus+kbd,.find input:not(:placeholder-shown)+kbd{display:none}
.chips{grid-column:1/3;display:flex;flex-wrap:wrap;gap:.375rem;align-items:center}
.chip{border:1px solid var(--line);background:none;border-radius:2rem;padding:.1875rem .75rem .1875rem .625rem;
  font-size:.8125rem;color:var(--soft);display:inline-flex;gap:.375rem;align-items:center}
.chip[aria-pressed=true]{background:var(--card);color:var(--ink);border-color:var(--edge);
  box-shadow:inset 0 0 0 1px var(--edge)}
.chip[aria-pressed=false]{border-style:dashed;border-color:var(--edge)}
.chip span{font-weight:700}
.chip:hover{background:var(--hover)}
.tools{grid-column:3/5;display:flex;flex-wrap:wrap;gap:.5rem;justify-content:flex-end;align-items:center}
.tools p{color:var(--soft);font-size:.8125rem;margin-right:auto}

.site{margin-top:.75rem}
.site>h3{position:sticky;top:var(--bar,0);z-index:2;background:var(--page);display:flex;
  justify-content:space-between;gap:1rem;padding:.5rem .125rem .375rem;font-size:.9375rem;font-weight:650;
  overflow-wrap:anywhere}
.site>h3 small{color:var(--soft);font-weight:400;white-space:nowrap}
.chunk{contain:layout style}
.tenant{padding:.625rem 1rem .25rem;font-size:.8125rem;font-weight:600;color:var(--soft);
  border-top:1px solid var(--line);overflow-wrap:anywhere}
.row{border-top:1px solid var(--line)}
.chunk:first-child>:first-child{border-top:0}
.row h4,.row h5{margin:0;font:inherit}
.head{display:grid;grid-template-columns:8.5rem minmax(10rem,1.1fr) minmax(8rem,.7fr) minmax(10rem,1.5fr) 1rem;
  gap:0 1rem;align-items:center;width:100%;text-align:left;background:none;border:0;padding:.5625rem 1rem;
  min-height:2.75rem}
.head:hover{background:var(--hover)}
.head:focus-visible{outline-offset:-2px}
.head>*{min-width:0;overflow-wrap:anywhere}
.tag{display:inline-flex;gap:.4375rem;align-items:baseline;font-size:.8125rem;font-weight:600;white-space:nowrap}
.tag i{font-style:normal;width:1.25rem;height:1.25rem;border-radius:50%;display:grid;place-items:center;
  font-size:.8125rem;font-weight:700;line-height:1;background:var(--hover);color:var(--soft);align-self:center}
.created .tag,.changed .tag,.removed .tag{color:var(--warn)}.created .tag i,.changed .tag i,
  .removed .tag i{background:var(--warn-bg);color:var(--warn)}
.run .created .tag,.run .changed .tag,.run .removed .tag{color:var(--link)}
.run .created .tag i,.run .changed .tag i,.run .removed .tag i{background:var(--hover);color:var(--link)}
.failed .tag,.unreachable .tag{color:var(--bad)}.failed .tag i,.unreachable .tag i{background:var(--bad-bg);
  color:var(--bad)}
.in_sync .tag{color:var(--good)}.in_sync .tag i{background:var(--good-bg);color:var(--good)}
.ignored .tag,.unchecked .tag{color:var(--soft)}
.name{font-weight:600}
.about{color:var(--soft);font-size:.8125rem}
.gist{font-size:.8125rem;color:var(--soft);display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;
  overflow:hidden}
.gist code{color:var(--ink)}
.more{width:.5rem;height:.5rem;border:solid var(--soft);border-width:0 2px 2px 0;transform:rotate(45deg);
  justify-self:end;margin-bottom:.25rem}
[aria-expanded=true]>.more{transform:rotate(-135deg);margin-bottom:-.25rem}
code,pre,.val{font:.8125rem/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.body{padding:.25rem 1rem 1rem;display:grid;gap:.75rem}
.says{border-left:3px solid var(--bad);background:var(--bad-bg);padding:.5rem .875rem;
  border-radius:0 .375rem .375rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.ignored .says{border-color:var(--edge);background:var(--hover)}
.says small{display:block;color:var(--soft)}
.fields{width:100%;border-collapse:separate;border-spacing:0;table-layout:fixed;border:1px solid var(--line);
  border-radius:.5rem;overflow:clip}
.fields th,.fields td{padding:.375rem .75rem;text-align:left;vertical-align:top;border-top:1px solid var(--line);
  overflow-wrap:anywhere}
.fields thead th{border-top:0;font-size:.75rem;font-weight:500;color:var(--soft)}
.fields col:first-child{width:24%}
.fields tbody th{font-weight:500;font-size:.875rem}
.fields td{border-left:1px solid var(--line);white-space:pre-wrap}
.fields .was{background:var(--was-bg);color:var(--was)}.fields .will{background:var(--will-bg);color:var(--will)}
.fields .gap{background:none;color:var(--soft)}
.fields .sign{float:left;width:1.125rem;font-weight:700;user-select:none}
.fields .v{display:block;margin-left:1.125rem}
.fields em{font-style:normal;color:var(--soft);font-family:system-ui,sans-serif}
.fields mark{background:none;color:inherit;font-weight:700;text-decoration:underline;text-underline-offset:2px}
.text{border:1px solid var(--line);border-radius:.5rem;overflow:clip}
.text figcaption{padding:.3125rem .75rem;font-size:.8125rem;color:var(--soft);border-bottom:1px solid var(--line);
  overflow-wrap:anywhere}
figure{margin:0}
.text pre{margin:0;padding:.375rem 0;overflow-x:auto}
.text pre span{display:block;padding:0 .75rem 0 2rem;text-indent:-1.25rem;white-space:pre-wrap;
  overflow-wrap:anywhere}
.text .minus{background:var(--was-bg);color:var(--was)}.text .plus{background:var(--will-bg);color:var(--will)}
.text .at{color:var(--soft);background:var(--hover);font-family:system-ui,sans-serif;margin:.25rem 0}
.notes{list-style:none;color:var(--soft);font-size:.8125rem}
.meta{display:flex;flex-wrap:wrap;gap:.125rem 1.5rem;font-size:.8125rem;color:var(--soft)}
.meta div{display:flex;gap:.375rem;min-width:0}
.meta dd{overflow-wrap:anywhere;color:var(--ink)}
.none{padding:2.5rem 1.5rem;text-align:center;margin-top:.75rem;color:var(--soft)}
.none b{display:block;font-size:1.125rem;color:var(--ink);margin-bottom:.25rem}
.note{padding:1rem;margin-top:.75rem}
dialog{border:1px solid var(--line);border-radius:.75rem;background:var(--card);color:var(--ink);
  padding:1.25rem 1.5rem;width:min(24rem,calc(100vw - 2rem))}
dialog::backdrop{background:rgb(0 0 0/.45)}
dialog dl{margin:.75rem 0 1rem;display:grid;gap:.375rem}
dialog dl div{display:grid;grid-template-columns:8rem 1fr}

@media (max-width:62rem){
.head{grid-template-columns:8.5rem 1fr 1fr 1rem}
.head .gist{grid-column:2/4}
.head .more{grid-column:4;grid-row:1}
}
@media (max-width:44rem){
.wide{padding:0 1rem}
.tiles{grid-template-columns:1fr 1fr;gap:.5rem}
.tile{padding:.625rem .75rem}
.tile b{font-size:1.375rem}
.tile:last-child:nth-child(odd){grid-column:1/-1}
.mark{width:2.25rem;height:2.25rem;font-size:1.125rem}
.verdict{gap:.75rem}
.sites thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.sites,.sites tbody{display:block}
.sites tr{display:flex;flex-wrap:wrap;gap:.125rem 1rem;padding:.625rem .875rem;border-top:1px solid var(--line)}
.sites tr:first-child{border-top:0}
.sites th,.sites td{padding:0;border:0}
.sites tbody th:first-child{width:100%}
.sites td{font-size:.8125rem}
.sites td.zero{display:none}
.sites td::before{content:attr(data-label) " ";color:var(--soft);font-weight:400}
.filters{position:static;grid-template-columns:1fr 1fr}
.filters .find,.chips,.tools{grid-column:1/-1}
.find kbd,#help{display:none}
.tools{justify-content:flex-start}
.filters input,.filters select{font-size:1rem;height:2.5rem}
.chip{padding:.3125rem .875rem .3125rem .75rem}
.head{grid-template-columns:1fr 1rem;gap:.125rem .75rem;padding:.75rem .875rem}
.head>*{grid-column:1}
.head .gist{grid-column:1}
.head .more{grid-column:2;grid-row:1/3;align-self:center}
.body{padding:.25rem .875rem .875rem}
.fields,.fields tbody,.fields tr,.fields th,.fields td{display:block;width:auto}
.fields thead,.fields colgroup{display:none}
.fields tbody th{font-weight:600;border-top:1px solid var(--line)}
.fields tr:first-child th{border-top:0}
.fields td{border:0}.fields td.gap{display:none}
.fields td::before{content:attr(data-label);display:block;font:500 .75rem/1.3 system-ui,sans-serif;
  color:var(--soft)}
}
@media (prefers-reduced-motion:no-preference){.head,.quiet,.chip{transition:background-color .12s}}
@media print{
:root,:root[data-theme=dark]{color-scheme:light;"""
    + variables({**LIGHT, "page": "#ffffff"})
    + r"""}
@page{margin:14mm}
body{font-size:11px}
html{font-size:12px}
.filters,#theme,.skip,.more,dialog{display:none!important}
.wide{max-width:none;padding:0}
.top{padding-top:.5rem}
.row,.tile,.fields tr{break-inside:avoid}
.site>h3,.tenant{break-after:avoid}
.chunk{height:auto!important;contain:none}
.site>h3{position:static}
.card{overflow:visible}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""
)
