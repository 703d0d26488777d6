# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drift page: one HTML file that needs nothing else, neither a server nor a network. Pure: a report in, text out.

The verdict, the totals and the table of sites are plain HTML, readable without JavaScript. The objects are JSON
inside the page; the script (``_drift_script``) builds only those rows that are on the screen, so 5,000 of them cost
what fifty cost. The frame is that of every page (``module_utils/_page.py``).
"""

from __future__ import annotations

import typing as t

from ..module_utils._page import document
from ..module_utils._page import escape as _e
from ._drift_model import DIFFER, STATES, Item, Report, plural
from ._drift_script import SCRIPT
from ._drift_style import STYLE

# Signs beside the words, so that colour is never the only difference. Shared with the script by the page's data.
SIGNS = {
    "created": "+",
    "changed": "\u2260",
    "removed": "\u2212",
    "failed": "!",
    "unreachable": "\u00d7",
    "ignored": "~",
    "unchecked": "?",
    "in_sync": "\u2713",
}
LABELS = {
    "check": {"created": "Missing", "changed": "Different", "removed": "Surplus"},
    "run": {"created": "Created", "changed": "Changed", "removed": "Removed"},
}
OTHER_LABELS = {
    "failed": "Failed",
    "unreachable": "Unreachable",
    "ignored": "Ignored failure",
    "unchecked": "Not checkable",
    "in_sync": "In sync",
}


def to_html(report: Report) -> str:
    """The whole page."""
    head = report.heading
    title = report.run.title or head
    return document(
        title=f"{_verdict(report)[1]} - {title}",
        maker="vcpp.vcloud.drift",
        style=STYLE,
        script=SCRIPT,
        body=f"""<a class="skip" href="#objects">Skip to the objects</a>
{_header(report, title)}
<main>
{_tiles(report)}
{_sites(report)}
{_objects(report)}
</main>
{_footer()}
{_help()}""",
        data=_data(report),
    )


def labels(mode: str) -> dict[str, str]:
    """What the states are called on the page; in a prediction an object that would be created is missing now."""
    return {**LABELS[mode], **OTHER_LABELS}


def _verdict(report: Report) -> tuple[str, str, str]:
    """Mood (good, drift, bad), headline, one sentence."""
    totals, check = report.totals, report.mode == "check"
    lost = totals["failed"] + totals["unreachable"]
    objects, differ = totals["objects"], totals["differ"]
    trouble = f" {_trouble(totals)}" if lost else ""
    if differ:
        verb = ("differs" if differ == 1 else "differ") if check else ("was changed" if differ == 1 else "were changed")
        said = f"{differ:,} of {plural(objects, 'object')} {verb}"
        parts = [f"{totals[state]:,} {labels(report.mode)[state].lower()}" for state in DIFFER if totals[state]]
        rest = (
            f"; the other {totals['in_sync']:,} {'is' if totals['in_sync'] == 1 else 'are'} as described"
            if totals["in_sync"]
            else ""
        )
        return (
            ("bad" if lost else "drift" if check else "done"),
            said,
            f"{', '.join(parts).capitalize()}{rest}.{trouble}",
        )
    if lost:
        said = "Nothing differs among what answered" if objects else "Nothing could be checked"
        return (
            "bad",
            said,
            (f"{plural(objects, 'object')} {'is' if objects == 1 else 'are'} as described." if objects else "")
            + trouble,
        )
    if not objects:
        return "empty", "No objects were checked", "The run had no task that describes an object."
    everything = "The one object" if objects == 1 else f"All {objects:,} objects"
    everything += f" in {plural(totals['sites'], 'site')}"
    if check:
        return (
            "good",
            "Everything is in sync",
            f"{everything} {'is' if objects == 1 else 'are'} exactly as described.",
        )
    return (
        "good",
        "Nothing had to be changed",
        f"{everything} {'was' if objects == 1 else 'were'} as described already.",
    )


def _trouble(totals: dict[str, int]) -> str:
    parts = []
    if totals["failed"]:
        parts.append(f"{plural(totals['failed'], 'object')} failed")
    if totals["unreachable"]:
        parts.append(f"{plural(totals['unreachable'], 'host')} could not be reached")
    return f"{' and '.join(parts)}: their state is not known."


def _header(report: Report, title: str) -> str:
    mood, headline, sentence = _verdict(report)
    sign = {"good": "\u2713", "drift": "\u2260", "bad": "!", "empty": "?", "done": "\u2713"}[mood]
    run = report.run
    what = report.heading if title == report.heading else f"{report.heading} \u00b7 {title}"
    when = f"{run.started[:10]} {run.started[11:16]} (UTC{run.started[19:]})"
    return f"""<header class="top {mood}"><div class="wide">
<div class="bar"><p class="what">{_e(what)}</p>
<button type="button" id="theme" class="quiet" hidden>Theme: automatic</button></div>
<div class="verdict"><span class="mark" aria-hidden="true">{sign}</span>
<div><h1>{_e(headline)}</h1><p>{_e(sentence)}</p></div></div>
<p class="when"><span><time datetime="{_e(run.started)}">{_e(when)}</time></span>
<span>{_e(duration(run.seconds))}</span><span>playbook {_e(run.playbook)}</span></p>
</div></header>"""


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 5 s``, ``2 h 4 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _tiles(report: Report) -> str:
    totals, check = report.totals, report.mode == "check"
    names = labels(report.mode)
    split = ", ".join(f"{totals[state]:,} {names[state].lower()}" for state in DIFFER if totals[state])
    tiles = [
        ("", "Objects checked", totals["objects"], f"{totals['in_sync']:,} in sync"),
        ("warn" if totals["differ"] else "fine", "Differ" if check else "Changed", totals["differ"], split or "none"),
        (
            "",
            "Sites",
            totals["sites"],
            f"{totals['sites_that_differ']:,} {'with differences' if check else 'with changes'}",
        ),
        (
            "",
            "Tenants",
            totals["tenants"],
            f"{totals['tenants_that_differ']:,} {'with differences' if check else 'with changes'}",
        ),
    ]
    lost = totals["failed"] + totals["unreachable"]
    parts = [f"{totals['failed']:,} failed", f"{totals['unreachable']:,} unreachable"]
    if totals["ignored"]:
        parts.append(f"{totals['ignored']:,} ignored")
    tiles.append(
        (
            "bad" if lost else "fine",
            "Without an answer",
            lost,
            ", ".join(parts) if lost or totals["ignored"] else "none",
        )
    )
    if totals["unchecked"]:
        tiles.append(("", "Not checkable", totals["unchecked"], "modules that cannot predict"))
    cells = "".join(
        f'<div class="tile {mood}"><dt>{_e(name)}</dt><dd><b>{number:,}</b><small>{_e(small)}</small></dd></div>'
        for mood, name, number, small in tiles
    )
    return f'<section class="wide" aria-label="Totals"><dl class="tiles">{cells}</dl></section>'


def _sites(report: Report) -> str:
    if not report.sites:
        return ""
    rows = []
    differ = "Differ" if report.mode == "check" else "Changed"
    columns = [("objects", "Checked"), ("in_sync", "In sync"), ("differ", differ)]
    columns += [
        (state, OTHER_LABELS[state])
        for state in ("failed", "unreachable", "ignored", "unchecked")
        if report.totals[state]
    ]
    for site in report.sites:
        cells = "".join(
            f'<td data-label="{_e(name)}" class="{"zero" if not site[key] else _mood(key)}">{site[key]:,}</td>'
            for key, name in columns
        )
        rows.append(
            f'<tr><th scope="row">{_site_name(site)}</th>{cells}'
            f'<td data-label="Tenants" class="{"" if site["tenants"] else "zero"}">{site["tenants"]:,}</td></tr>'
        )
    heads = "".join(f'<th scope="col">{_e(name)}</th>' for _key, name in columns)
    folded = len(rows) > 12
    table = (
        f'<table class="sites"><thead><tr><th scope="col">Site</th>{heads}<th scope="col">Tenants</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
    if folded:
        table = f'<details class="card fold"><summary>{len(rows):,} sites</summary>{table}</details>'
    else:
        table = f'<div class="card">{table}</div>'
    return f'<section class="wide" aria-label="Sites">{table}</section>'


def _site_name(site: dict[str, t.Any]) -> str:
    sign, mood = (
        ("!", "bad")
        if site["failed"] or site["unreachable"]
        else ("\u2260", "warn")
        if site["differ"]
        else ("\u2713", "fine")
    )
    said = {"bad": "has failures", "warn": "differs", "fine": "in sync"}[mood]
    name = _e(site["name"])
    return (
        f'<span class="dot {mood}" role="img" aria-label="{said}">{sign}</span>'
        f'<button type="button" class="link" data-site="{name}">{name}</button>'
    )


def _mood(key: str) -> str:
    return {"differ": "warn", "failed": "bad", "unreachable": "bad"}.get(key, "")


def _objects(report: Report) -> str:
    names = labels(report.mode)
    # Quiet states wait to be asked for, unless there is nothing else to see.
    pressed = STATES[: STATES.index("unchecked")]
    if not any(report.totals[state] for state in pressed):
        pressed = STATES
    present = [
        state for state in (*DIFFER, "failed", "unreachable", "ignored", "unchecked", "in_sync") if report.totals[state]
    ]
    chips = "".join(
        f'<button type="button" class="chip {state}" data-state="{state}"'
        f' aria-pressed="{"true" if state in pressed else "false"}">'
        f'<span aria-hidden="true">{SIGNS[state]}</span>{_e(names[state])} <b>{report.totals[state]:,}</b></button>'
        for state in present
    )
    differ = "What differs" if report.mode == "check" else "What was changed"
    title = (
        differ
        if any(report.totals[state] for state in pressed if state != "in_sync" and state != "unchecked")
        else "What was checked"
    )
    return f"""<section id="objects" class="wide" aria-labelledby="objects-title" tabindex="-1">
<h2 id="objects-title">{title}</h2>
<noscript><p class="card note">Search and details need JavaScript. The JSON and JUnit files hold the same objects.</p>
</noscript>
<form id="filters" class="filters" role="search" hidden>
<div class="find"><label for="q">Search</label>
<input id="q" type="search" autocomplete="off" spellcheck="false" placeholder="Name, field, value"
><kbd aria-hidden="true">/</kbd></div>
<div><label for="site">Site</label><select id="site"><option value="">All sites</option></select></div>
<div><label for="tenant">Tenant</label>
<input id="tenant" type="search" list="tenants" autocomplete="off" spellcheck="false" placeholder="All tenants">
<datalist id="tenants"></datalist></div>
<div><label for="kind">Kind</label><select id="kind"><option value="">All kinds</option></select></div>
<div class="chips" role="group" aria-label="Show">{chips}</div>
<div class="tools"><p id="shown" role="status"></p>
<button type="button" id="clear" class="quiet" hidden>Clear filters</button>
<button type="button" id="all" class="quiet" aria-pressed="false">Open all</button>
<button type="button" id="help" class="quiet" aria-haspopup="dialog">Keys <kbd>?</kbd></button></div>
</form>
<div id="list"></div>
<div id="none" class="card none" hidden></div>
</section>"""


def _footer() -> str:
    mask = "Values of secrets are never in this page; where one differs, only that is said."
    return f'<footer class="wide"><p>Made by vcpp.vcloud.drift. {mask}</p></footer>'


def _help() -> str:
    keys = (
        (("/",), "Search"),
        (("j", "\u2193"), "Next object"),
        (("k", "\u2191"), "Previous object"),
        (("Enter", "Space"), "Open or close"),
        (("e",), "Open or close all"),
        (("Home", "End"), "First, last object"),
        (("Esc",), "Clear the search, then all filters"),
        (("?",), "This help"),
    )
    rows = "".join(
        "<div><dt>" + " ".join(f"<kbd>{_e(key)}</kbd>" for key in keys_of) + f"</dt><dd>{_e(text)}</dd></div>"
        for keys_of, text in keys
    )
    return f"""<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2><dl>{rows}</dl>
<form method="dialog"><button class="quiet" autofocus>Close</button></form></dialog>"""


def _data(report: Report) -> dict[str, t.Any]:
    """The objects for the script: names that repeat are numbers into tables, what is empty is left out."""
    tables: dict[str, dict[t.Any, int]] = {
        name: {} for name in ("site", "tenant", "kind", "host", "task", "module", "endpoint")
    }

    def number(item: Item, name: str) -> int:
        value = getattr(item, name)
        return -1 if value is None else tables[name].setdefault(value, len(tables[name]))

    rows = []
    for item in report.items:
        more = {"f": item.fields, "t": item.texts, "m": item.message, "e": item.error, "n": item.notes}
        rows.append(
            [
                item.name,
                STATES.index(item.state),
                *(number(item, name) for name in tables),
                {key: value for key, value in more.items() if value},
            ]
        )
    return {
        "mode": report.mode,
        "states": STATES,
        "labels": [labels(report.mode)[state] for state in STATES],
        "signs": [SIGNS[state] for state in STATES],
        **{name: list(table) for name, table in tables.items()},
        "rows": rows,
    }
