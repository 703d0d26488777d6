# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preview page: one HTML file that shows portals as they are and as they would be. Pure: rows in, text out.

Totals and the list of what changes are plain HTML, readable without JavaScript. The portals are JSON inside the page;
the script draws a few at a time, so five hundred tenants cost what twenty cost. Whatever a branding contains reaches
the page as text nodes, as images in <img>, or as a colour that was checked to be one; addresses are shown and are no
links.
"""

from __future__ import annotations

from collections.abc import Sequence

from .._page import document, escape
from .model import CHANGES, FIELDS, RETURNS, STAYS, Row, data, totals
from .script import SCRIPT
from .style import STYLE

WORDS = {CHANGES: "would change", STAYS: "stays as it is", RETURNS: "would return to the system's"}


def to_html(rows: Sequence[Row], *, title: str, endpoint: str, generated: str, warnings: Sequence[str] = ()) -> str:
    """The whole page. `generated` is a UTC moment, `warnings` are sentences that stand above everything."""
    count = totals(rows)
    system = [row for row in rows if row.org is None]
    system_differs = any(row.fate != STAYS for row in system)
    differ = count[CHANGES] + count[RETURNS]
    headline = _headline(count, system_differs)
    mood, sign = ("drift", "\u2260") if differ or system_differs else ("good", "\u2713")
    return document(
        title=f"{headline} - {title}",
        maker="vcpp.vcloud.vcd_branding_preview",
        style=STYLE,
        script=SCRIPT,
        body=f"""<a class="skip" href="#portals">Skip to the portals</a>
<header class="top {mood}"><div class="wide">
<div class="bar"><p class="what">{escape(title)}</p>
<button type="button" id="theme" class="quiet" hidden>Theme: automatic</button></div>
<div class="verdict"><span class="mark" aria-hidden="true">{sign}</span>
<div><h1>{escape(headline)}</h1><p>{escape(_sentence(count, bool(system), system_differs))}</p></div></div>
<p class="when"><span>{escape(endpoint)}</span><span>read {escape(_moment(generated))}</span></p>
</div></header>
<main>
{_notes(warnings)}
{_tiles(count, system, system_differs)}
{_plain(rows)}
{_portals(rows)}
</main>
<footer class="wide"><p>Made by vcpp.vcloud.vcd_branding_preview, which changes nothing. The portals are sketches:
colours are those of the branding and of the theme's style sheet, as far as it says them plainly; built-in themes are
drawn with Clarity's own, approximately. From the system is what a tenant shows as the system does: whether it has the
same of its own cannot be read. Contrast is that of WCAG 2, level AA.</p></footer>""",
        data=data(rows),
    )


def _moment(text: str) -> str:
    return f"{text[:10]} {text[11:16]} UTC"


def _tenants(number: int) -> str:
    return f"{number:,} tenant{'s' * (number != 1)}"


def _headline(count: dict[str, int], system_differs: bool) -> str:
    differ = count[CHANGES] + count[RETURNS]
    if differ:
        return f"{differ:,} of {_tenants(count['tenants'])} would change"
    return "The system's portal would change" if system_differs else "Nothing would change"


def _sentence(count: dict[str, int], shown: bool, system_differs: bool) -> str:
    parts = []
    if count[CHANGES]:
        parts.append(f"{count[CHANGES]:,} {'get' if count[CHANGES] > 1 else 'gets'} another branding")
    if count[RETURNS]:
        parts.append(f"{count[RETURNS]:,} {'return' if count[RETURNS] > 1 else 'returns'} to the system's")
    if count[STAYS] == 1:
        parts.append("1 stays as it is")
    elif count[STAYS]:
        parts.append(f"{count[STAYS]:,} stay as they are")
    parts = parts or ["No tenant is in it"]
    text = "; ".join(parts)
    own = f" The system's own portal {'would change' if system_differs else 'stays as it is'}." if shown else ""
    return f"{text[0].upper()}{text[1:]}.{own} Nothing has been changed yet."


def _notes(warnings: Sequence[str]) -> str:
    if not warnings:
        return ""
    rows = "".join(f"<li>{escape(text)}</li>" for text in warnings)
    return f'<section class="wide" aria-label="To be known"><ul class="card remarks">{rows}</ul></section>'


def _tiles(count: dict[str, int], system: Sequence[Row], system_differs: bool) -> str:
    weak = count["weak"] + sum(bool(row.after.weak()) for row in system)
    tiles = [
        ("warn" if count[CHANGES] else "", "Change", f"{count[CHANGES]:,}", f"of {_tenants(count['tenants'])}"),
        ("", "Stay", f"{count[STAYS]:,}", "as they are"),
        ("warn" if count[RETURNS] else "", "Return", f"{count[RETURNS]:,}", "to the system's branding"),
        ("bad" if weak else "", "Hard to read", f"{weak:,}", "contrast below WCAG AA"),
    ]
    if system:
        tiles.insert(
            0,
            (
                "warn" if system_differs else "",
                "System",
                "changes" if system_differs else "stays",
                "everybody's default",
            ),
        )
    cells = "".join(
        f'<div class="tile {mood}"><dt>{name}</dt><dd><b>{value}</b><small>{small}</small></dd></div>'
        for mood, name, value, small in tiles
    )
    return f'<section class="wide" aria-label="Totals"><dl class="tiles">{cells}</dl></section>'


def _plain(rows: Sequence[Row]) -> str:
    """What a reader without JavaScript sees: who changes, and in what."""
    lines = "".join(
        f'<tr><th scope="row">{escape(row.org or "System")}</th><td>{WORDS[row.fate]}</td>'
        f"<td>{escape(', '.join(FIELDS[name].lower() for name in row.changed))}</td></tr>"
        for row in rows
    )
    return f"""<noscript><section class="wide"><div class="card scroll"><table class="plain">
<caption>The portals themselves need JavaScript. This is what differs.</caption>
<thead><tr><th scope="col">Organization</th><th scope="col">Branding</th><th scope="col">What differs</th></tr></thead>
<tbody>{lines}</tbody></table></div></section></noscript>"""


def _portals(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    fields = "".join(f'<option value="{name}">{text} differs</option>' for name, text in FIELDS.items())
    return f"""<section id="portals" class="wide" aria-labelledby="portals-title" tabindex="-1">
<h2 id="portals-title">Portals</h2>
<form id="filters" class="filters" role="search" hidden>
<div class="find"><label for="q">Search</label>
<input id="q" type="search" autocomplete="off" spellcheck="false" placeholder="Organization, name, theme, menu">
<kbd>/</kbd></div>
<div><label for="field">Show</label><select id="field"><option value="">All</option>{fields}
<option value="weak">Hard to read</option><option value="{RETURNS}">Return to the system's</option></select></div>
<div><label for="look">Theme</label><select id="look"><option value="">All themes</option></select></div>
<div class="switch"><input id="only" type="checkbox" role="switch"><label for="only">Only what changes</label></div>
</form>
<p id="shown" role="status"></p>
<div id="list"></div>
<p id="pager" hidden><button type="button" class="quiet" id="next">Show more</button></p>
</section>"""
