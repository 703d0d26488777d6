# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The style sheet of the explorer page: a list of objects with what they can do, desk and phone, screen and paper.

Colours and the frame are those of all pages, see `_page.py`.
"""

from __future__ import annotations

from .._page import BASE

STYLE = (
    BASE
    + r"""
.scroll{overflow-x:auto}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.plain{width:100%;border-collapse:collapse}.plain caption{padding:.75rem 1rem;text-align:left;color:var(--soft)}
.plain th,.plain td{padding:.4375rem 1rem;text-align:left;border-top:1px solid var(--line);overflow-wrap:anywhere;
  vertical-align:top}
.filters{grid-template-columns:2.4fr 1.2fr 1fr auto;align-items:end}
.find{position:relative}.find kbd{position:absolute;right:.5rem;bottom:.5rem}
.find input:focus+kbd,.find input:not(:placeholder-shown)+kbd{display:none}
.clear button{height:2.25rem}.clear button:disabled{opacity:.6;cursor:default}
#shown{color:var(--soft);font-size:.8125rem;margin:.5rem 0}
#list{display:grid;gap:.625rem}
#pager{margin-top:1rem;text-align:center}
code,.signature,.one>summary h3{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9375em}

.one>summary{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;padding:.625rem 1rem;cursor:pointer;
  list-style:none}
.one>summary::-webkit-details-marker{display:none}
.one>summary::before{content:"";width:.4375rem;height:.4375rem;border:solid var(--soft);border-width:0 2px 2px 0;
  transform:rotate(-45deg);flex:none;margin:0 .125rem;align-self:center}
.one[open]>summary::before{transform:rotate(45deg) translate(-1px,-1px)}
.one>summary:hover{background:var(--hover)}
.one>summary:focus-visible{outline-offset:-2px}
.one h3{font-weight:650;overflow-wrap:anywhere;min-width:0;margin:0;color:var(--link)}
.kind{font-size:.75rem;font-weight:600;border-radius:1rem;padding:.0625rem .5rem;background:var(--hover);
  color:var(--soft);white-space:nowrap}
.kind.type{background:var(--good-bg);color:var(--good)}
.kind.enum{background:var(--warn-bg);color:var(--warn)}
.from,.hits{color:var(--soft);font-size:.8125rem}
.from{margin-left:auto}
.inside{border-top:1px solid var(--line);padding:.75rem 1rem 1rem}
.inside>p{color:var(--soft);max-width:60rem;overflow-wrap:anywhere;white-space:pre-line}
.inside h4{font-size:.8125rem;font-weight:650;color:var(--soft);margin:.875rem 0 .25rem}
.members{list-style:none;display:grid;gap:.125rem}
.members li{padding:.3125rem .5rem;border-radius:.375rem;overflow-wrap:anywhere}
.members li:hover{background:var(--hover)}
.members li.hit{background:var(--warn-bg)}
.members small{display:block;color:var(--soft);max-width:60rem;white-space:pre-line}
.signature b{font-weight:650}
.signature .where{color:var(--soft)}
.signature a,.inside a{color:var(--link);text-decoration:none;border-bottom:1px dotted currentColor}
.signature a:hover,.inside a:hover{border-bottom-style:solid}
.paste{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin-top:.5rem}
.paste code{background:var(--page);border:1px solid var(--line);border-radius:.375rem;padding:.25rem .5rem;
  overflow-wrap:anywhere}
.nothing{padding:1.5rem 1rem;color:var(--soft);text-align:center}
#about{padding-bottom:.25rem}

@media (max-width:46rem){
  .wide{padding:0 .875rem}
  .filters{grid-template-columns:1fr 1fr;gap:.5rem;position:static}
  .filters .find{grid-column:1/-1}
  .filters .clear{grid-column:1/-1}
  .filters .clear button{width:100%}.filters .clear button:disabled{display:none}
  .find kbd{display:none}
  .from{margin-left:1.25rem;flex-basis:100%}
  .tiles{grid-template-columns:1fr 1fr}.tile:last-child{grid-column:1/-1}
  .one>summary{padding:.625rem .75rem}
  .inside{padding:.625rem .75rem .875rem}
  .members li{padding:.3125rem .125rem}
}
@media print{
  .filters,#theme,#pager,.skip,.paste button{display:none!important}
  .card{break-inside:avoid;overflow:visible}
}
"""
)
