# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The style sheet of the topology page: a picture and tables, desk and phone, screen and paper, without any script.

Colours and the frame are those of all pages, see `_page.py`.
"""

from __future__ import annotations

from .._page import BASE

STYLE = (
    BASE
    + r"""
.verdict h1,.verdict p,.tile small,.remarks,h2{overflow-wrap:anywhere}
.top.warn{border-top-color:var(--warn)}
.warn .mark{background:var(--warn-bg);color:var(--warn)}
.tile b{overflow-wrap:anywhere}.tile b.long{font-size:1.25rem;line-height:1.625}
.tile.good b{color:var(--good)}.tile.warn b{color:var(--warn)}.tile.bad b{color:var(--bad)}
.picture{padding:1.25rem}
.picture svg{display:block;width:100%;height:auto;font-family:inherit}
.picture .tall-picture{display:none}
svg text{fill:var(--ink);font-size:13px}
svg .kind{fill:var(--soft);font-size:11px;font-weight:600}
svg .name{font-size:14px;font-weight:650}
svg .strong{font-weight:600}
svg .soft{fill:var(--soft);font-size:12px}
svg .state{font-size:12px;font-weight:600;fill:var(--soft)}
svg .end{text-anchor:end}
svg .sign{font-size:12px;font-weight:700;text-anchor:middle}
svg .frame{fill:var(--page);stroke:var(--edge)}
svg .part{fill:var(--card);stroke:var(--line)}
svg .frame.warn,svg .part.warn{stroke:var(--warn);stroke-width:1.5}
svg .frame.bad,svg .part.bad{stroke:var(--bad);stroke-width:2}
svg .disc{fill:var(--hover);stroke:var(--edge)}
svg .disc.good{fill:var(--good-bg);stroke:var(--good)}
svg .disc.warn{fill:var(--warn-bg);stroke:var(--warn)}
svg .disc.bad{fill:var(--bad-bg);stroke:var(--bad)}
svg .good:is(text){fill:var(--good)}svg .warn:is(text){fill:var(--warn)}svg .bad:is(text){fill:var(--bad)}
svg .edge{fill:none;stroke:var(--edge);stroke-width:1.5}
svg .head{fill:var(--edge)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;color:var(--soft);font-size:.8125rem;margin-top:.75rem}
.scroll{overflow-x:auto}
.rows{width:100%;border-collapse:collapse}
.rows th,.rows td{padding:.4375rem 1rem;text-align:left;border-top:1px solid var(--line);vertical-align:top}
.rows tbody th{overflow-wrap:anywhere;min-width:11rem}
.rows td[data-label=State]{min-width:7rem}
.rows thead th{border-top:0;color:var(--soft);font-size:.8125rem;font-weight:600;white-space:nowrap}
.rows .number{text-align:right;white-space:nowrap}
.rows tbody th{font-weight:600}
.word{font-weight:600}
.word.good{color:var(--good)}.word.warn{color:var(--warn)}.word.bad{color:var(--bad)}.word.unknown{color:var(--soft)}
section>h2{margin:.5rem 0}
.remarks{list-style:none;padding:.75rem 1rem}
.remarks li+li{margin-top:.25rem}

@media (max-width:46rem){
  .wide{padding:0 .875rem}
  .picture{padding:.75rem .5rem}
  .picture .wide-picture{display:none}
  .picture .tall-picture{display:block;max-width:30rem;margin:0 auto}
  .tiles{grid-template-columns:repeat(2,minmax(0,1fr))}.tile{padding:.625rem .75rem}
  .tile b{font-size:1.25rem}.tile b.long{font-size:1rem}
  .rows thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  .rows tr{display:block;padding:.5rem .875rem;border-top:1px solid var(--line)}
  .rows tbody tr:first-child{border-top:0}
  .rows tbody th,.rows td[data-label=State]{min-width:0}
  .rows th,.rows td,.rows .number{display:inline;border:0;padding:0;text-align:left;white-space:normal;
    overflow-wrap:anywhere}
  .rows tbody th{display:block}
  .rows td:empty{display:none}
  .rows td~td::before{content:"\00b7\00a0";color:var(--soft)}
  .rows td:is([data-label=Image],[data-label=Volume]){display:block;font-size:.8125rem;color:var(--soft)}
  .rows td:is([data-label=Image],[data-label=Volume])::before{content:attr(data-label) " "}
}
@media print{
  :root:root{color-scheme:light}
  .skip{display:none}
  .picture .wide-picture{display:block}.picture .tall-picture{display:none}
  .card,.scroll{overflow:visible}
  .rows tr,.picture svg{break-inside:avoid}
  .rows thead{display:table-header-group}
}
"""
)
