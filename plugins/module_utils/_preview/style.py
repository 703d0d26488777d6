# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The style sheet of the preview page: cards with two sketches of a portal, desk and phone, screen and paper.

The colours of a sketch are custom properties `--m-…` that the script sets on it, once it has checked that they are
colours; everything else is the page's own, see `_page.py`.
"""

from __future__ import annotations

from .._page import BASE, LIGHT, variables

STYLE = (
    BASE
    + r"""
.wide{max-width:88rem}
.tile.warn b{color:var(--warn)}.tile.bad b{color:var(--bad)}
.remarks{padding:.75rem 1rem;list-style:none}.remarks li{color:var(--warn)}.remarks li+li{margin-top:.375rem}
.scroll{overflow-x:auto}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.plain{width:100%;border-collapse:collapse}.plain caption{padding:.75rem 1rem;text-align:left;color:var(--soft)}
.plain th,.plain td{padding:.4375rem 1rem;text-align:left;border-top:1px solid var(--line);overflow-wrap:anywhere}
.filters{grid-template-columns:2fr 1.2fr 1fr auto;align-items:end}
.find{position:relative}.find kbd{position:absolute;right:.5rem;bottom:.5rem}
.find input:focus+kbd,.find input:not(:placeholder-shown)+kbd{display:none}
.filters .switch{display:flex;gap:.5rem;align-items:center;height:2.25rem;white-space:nowrap}
.filters .switch label{font-size:.875rem;color:var(--ink);margin:0;cursor:pointer}
.filters .switch input{appearance:none;width:2.25rem;height:1.25rem;border-radius:1rem;border:1px solid var(--edge);
  background:var(--card);padding:0;cursor:pointer;position:relative;flex:none}
.switch input::after{content:"";position:absolute;top:.1875rem;left:.1875rem;width:.75rem;height:.75rem;
  border-radius:50%;background:var(--edge);transition:transform .12s}
.switch input:checked{background:var(--link);border-color:var(--link)}
.switch input:checked::after{transform:translateX(1rem);background:var(--card)}
#shown{color:var(--soft);font-size:.8125rem;margin:.5rem 0}
#list{display:grid;gap:1rem}
#pager{margin-top:1rem;text-align:center}

.portal>summary{display:flex;flex-wrap:wrap;gap:.375rem .75rem;align-items:center;padding:.75rem 1rem;cursor:pointer;
  list-style:none}
.portal>summary::-webkit-details-marker{display:none}
.portal>summary::before{content:"";width:.4375rem;height:.4375rem;border:solid var(--soft);border-width:0 2px 2px 0;
  transform:rotate(-45deg);flex:none;margin:0 .125rem}
.portal[open]>summary::before{transform:rotate(45deg) translate(-1px,-1px)}
.portal>summary:hover{background:var(--hover)}
.portal>summary:focus-visible{outline-offset:-2px}
.portal h3{font-size:1rem;font-weight:650;overflow-wrap:anywhere;min-width:0}
.fate{font-size:.8125rem;font-weight:600;border-radius:1rem;padding:.0625rem .625rem;background:var(--hover);
  color:var(--soft);white-space:nowrap}
.fate.changes,.fate.returns{background:var(--warn-bg);color:var(--warn)}
.fate.unreadable{background:var(--bad-bg);color:var(--bad)}
.fate.stays{background:var(--good-bg);color:var(--good)}
.what-differs{color:var(--soft);font-size:.8125rem}
.inside{border-top:1px solid var(--line);padding:1rem}
.sides{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:1rem}
.sides.one{grid-template-columns:minmax(0,44rem)}
.side>h4{font-size:.8125rem;font-weight:600;color:var(--soft);margin-bottom:.375rem;display:flex;gap:.5rem;
  align-items:center}
.side.will>h4{color:var(--will)}.side.was>h4{color:var(--was)}

.mock{--m-header:#323843;--m-header_text:#fafafa;--m-background:#fafafa;--m-surface:#fff;--m-text:#454545;
  --m-border:#ccc;--m-link:#0072a3;--m-primary:#0072a3;--m-primary_text:#fff;--m-navigation:#eee;
  --m-navigation_text:#454545;--m-accent:#d9e4ea;--m-accent_text:#000;
  border:1px solid var(--edge);border-radius:.5rem;overflow:hidden;color:var(--m-text);background:var(--m-background);
  color-scheme:light;display:flex;flex-direction:column;height:100%;-webkit-print-color-adjust:exact;
  print-color-adjust:exact}
.side{display:flex;flex-direction:column}.side .mock{flex:1}
.tab{display:flex;background:#dfe3ea;padding:.375rem .5rem 0;color:#1b2330}
.tab p{display:flex;gap:.375rem;align-items:center;background:#fff;border-radius:.375rem .375rem 0 0;
  padding:.25rem .75rem;font-size:.75rem;max-width:75%;min-width:5rem}
.tab img,.tab .none{width:1rem;height:1rem;object-fit:contain;flex:none}
.tab span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.banner{display:flex;gap:.625rem;align-items:center;background:var(--m-header);color:var(--m-header_text);
  padding:.375rem .75rem;min-height:3rem}
.banner .logo{max-height:2rem;max-width:9rem;object-fit:contain;flex:none}
.none{display:inline-grid;place-items:center;border:1px dashed currentColor;border-radius:.25rem;font-size:.6875rem;
  padding:0 .25rem;min-height:1.25rem;flex:none}
.tab .none{padding:0;min-height:0;font-size:.625rem}
.banner .brand{font-weight:500;font-size:1rem;min-width:0;overflow-wrap:anywhere;line-height:1.25}
.banner .right{margin-left:auto;display:flex;gap:.75rem;align-items:center;font-size:.8125rem;white-space:nowrap}
.round{width:1.25rem;height:1.25rem;border:1.5px solid currentColor;border-radius:50%;display:grid;
  place-items:center;font-weight:700;font-size:.75rem}
.floor{display:grid;grid-template-columns:6.25rem minmax(6rem,1fr) minmax(0,15rem);flex:1;min-height:10rem}
.nav{background:var(--m-navigation);color:var(--m-navigation_text);font-size:.75rem;padding:.5rem 0}
.nav b{display:block;font-weight:400;padding:.25rem .75rem}
.nav b.on{background:var(--m-accent);color:var(--m-accent_text)}
.page{padding:.75rem;font-size:.75rem;min-width:0}
.page .sheet{background:var(--m-surface);border:1px solid var(--m-border);border-radius:.1875rem;
  padding:.5rem .625rem;margin:.375rem 0 .625rem}
.page .lead{font-size:.9375rem}
.page .a{color:var(--m-link);text-decoration:underline}
.page .b{display:inline-block;border:1px solid var(--m-primary);border-radius:.1875rem;padding:.125rem .5rem;
  font-size:.6875rem;text-transform:uppercase;letter-spacing:.04em;margin:0 .25rem .25rem 0}
.page .b.first{background:var(--m-primary);color:var(--m-primary_text)}
.page .b.second{color:var(--m-link);border-color:var(--m-link)}
.menus{padding:0 .5rem .625rem 0;display:grid;gap:.5rem;align-content:start;font-size:.75rem;min-width:0}
.menu{background:var(--m-surface);color:var(--m-text);border:1px solid var(--m-border);
  border-radius:0 0 .1875rem .1875rem;box-shadow:0 2px 6px #0003;padding:.25rem 0;list-style:none}
.menu+.menu{border-radius:.1875rem}
.menu li{padding:.1875rem .625rem .1875rem 1.125rem;position:relative;overflow-wrap:anywhere}
.menu .section{font-weight:700;padding-top:.375rem}
.menu .entry{padding-left:1.75rem}
.menu small{display:block;opacity:.8;font-size:.6875rem;line-height:1.3}
.menu .separator{padding:.375rem .625rem .375rem 1.125rem}
.menu .separator hr{border:0;border-top:1px solid var(--m-border);margin:0}
.menu .cap{font-size:.6875rem;opacity:.85;border-bottom:1px solid var(--m-border);margin-bottom:.125rem}
"""
    # Marks of what differs are the page's light colours on any sketch, so that they can be read on a dark theme too.
    + f".menu .gone,.menu .new{{{variables(LIGHT)}}}"
    + r"""
.menu .gone{background:var(--was-bg);color:var(--was)}.menu .new{background:var(--will-bg);color:var(--will)}
.menu .gone .text{text-decoration:line-through}.menu .fixed.gone .text{text-decoration:none}
.menu .gone::before,.menu .new::before{position:absolute;left:.375rem;font-weight:700}
.menu .separator.gone::before,.menu .separator.new::before{top:-.125rem}
.menu .gone::before{content:"\2212"}.menu .new::before{content:"+"}

.facts{width:100%;border-collapse:collapse;margin-top:1rem;font-size:.875rem;table-layout:fixed}
.facts th,.facts td{padding:.375rem .75rem;text-align:left;border-top:1px solid var(--line);vertical-align:top;
  overflow-wrap:anywhere;font-weight:400}
.facts thead th{border-top:0;color:var(--soft);font-size:.8125rem}
.facts tbody th{color:var(--soft)}
.facts tbody tr:last-child>*{border-bottom:0}
.facts col.name{width:10.5rem}
.facts .differs th{color:var(--warn);font-weight:600}
.facts .differs th::before{content:"\2260\00a0"}
.facts .differs .was{background:var(--was-bg);color:var(--was)}
.facts .differs .will{background:var(--will-bg);color:var(--will)}
.facts .will,.facts .was{border-radius:.125rem}
.swatch{display:inline-block;width:1rem;height:1rem;border-radius:.1875rem;border:1px solid var(--edge);
  vertical-align:-.1875rem;margin-right:.375rem;background:var(--s);-webkit-print-color-adjust:exact;
  print-color-adjust:exact}
.swatches{display:flex;flex-wrap:wrap;gap:.25rem .75rem;margin-top:.25rem;font-size:.75rem;list-style:none}
.from{display:inline-block;font-size:.75rem;color:var(--soft);border:1px solid var(--line);border-radius:1rem;
  padding:0 .5rem;margin-left:.375rem;white-space:nowrap;background:var(--card)}
.facts img{max-height:1.5rem;max-width:8rem;vertical-align:middle;margin-right:.375rem;background:#8a94a6;
  border-radius:.1875rem;padding:.125rem}
.facts small{color:inherit}
.weak,.remark{margin-top:.75rem;font-size:.875rem;list-style:none}
.weak{border-left:3px solid var(--bad);padding:.375rem .75rem;background:var(--bad-bg);color:var(--bad);
  border-radius:0 .375rem .375rem 0}
.weak .pair{display:inline-block;font-weight:650;padding:0 .5rem;border-radius:.1875rem;margin-right:.25rem;
  color:var(--f);background:var(--s);border:1px solid var(--edge);-webkit-print-color-adjust:exact;
  print-color-adjust:exact}
.weak li+li{margin-top:.25rem}
.remark{color:var(--soft)}
@media (max-width:62rem){.sides{grid-template-columns:minmax(0,1fr)}.filters{grid-template-columns:1fr 1fr}}
@media (max-width:44rem){.wide{padding:0 1rem}.tiles{grid-template-columns:1fr 1fr}.filters{position:static;
  grid-template-columns:1fr 1fr}.filters .find{grid-column:1/3}.filters .switch{grid-column:1/3}
  .inside{padding:.75rem}.floor{grid-template-columns:minmax(0,1fr)}.nav{display:none}
  .menus{padding:0 .75rem .75rem}.facts,.facts tbody,.facts tr,.facts th,.facts td{display:block}
  .facts thead{position:absolute;clip-path:inset(50%)}
  .facts tr{padding:.375rem 0;border-top:1px solid var(--line)}.facts th,.facts td{border:0;padding:.1875rem .5rem}
  .facts tbody th{font-weight:600}.facts td[data-is]::before{content:attr(data-is) ": ";font-weight:600}
  .swatches{gap:.125rem .5rem}}
@media print{.filters,#pager,#shown,#theme,.skip{display:none!important}.wide{max-width:none;padding:0}
  .portal{break-inside:avoid}.portal>summary::before{display:none}.sides{grid-template-columns:1fr 1fr}
  body{background:#fff}main{padding:.5rem 0}}
"""
    # Paper is light, whatever the reader chose for the screen.
    + f"@media print{{:root,:root[data-theme=dark]{{color-scheme:light;{variables(LIGHT)}}}}}\n"
    + r"""@media (forced-colors:active){.mock,.swatch,.weak .pair{forced-color-adjust:none}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
"""
)
