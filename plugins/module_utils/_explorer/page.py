# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The explorer page: one HTML file with everything that scripts of an orchestrator can use. Pure: data in, text out.

Totals and the plug-ins are plain HTML, readable without JavaScript; objects, types and their members are JSON inside
the page, which the script searches and draws. Whatever a plug-in says of itself reaches the page as text nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._page import document, escape
from .script import SCRIPT
from .style import STYLE

Described = Mapping[str, Any]


def totals(plugins: Sequence[Described]) -> dict[str, int]:
    """How much there is of everything."""
    objects = [one for plugin in plugins for one in plugin["objects"]]
    return {
        "plugins": len(plugins),
        "objects": len(objects),
        "methods": sum(len(one["methods"]) for one in objects),
        "attributes": sum(len(one["attributes"]) for one in objects),
        "types": sum(len(plugin["types"]) for plugin in plugins),
    }


def data(plugins: Sequence[Described]) -> dict[str, Any]:
    """What the script finds in the page: rows as short lists, because there may be hundreds of thousands of members."""
    rows: list[list[Any]] = []
    for at, plugin in enumerate(plugins):
        for one in plugin["objects"]:
            rows.append(["object", at, one["name"], one["description"], *_members(one)])
        for one in plugin["types"]:
            rows.append(["type", at, one["name"], one["description"], one["script_object"]])
        for one in plugin["enums"]:
            rows.append(["enum", at, one["name"], one["description"], one["values"]])
    rows.sort(key=lambda row: (str(row[2]).lower(), row[0]))
    return {"plugins": [[each["name"], each["version"]] for each in plugins], "rows": rows}


def _members(one: Described) -> list[list[Any]]:
    def parameters(holder: Described) -> list[list[str]]:
        return [[each["name"], each["type"]] for each in holder["parameters"]]

    return [
        [[parameters(each), each["description"]] for each in one["constructors"]],
        [[each["name"], each["type"], each["description"]] for each in one["attributes"]],
        [[each["name"], each["returns"], parameters(each), each["description"]] for each in one["methods"]],
    ]


def to_html(plugins: Sequence[Described], *, title: str, endpoint: str, release: str, generated: str) -> str:
    """The whole page. `generated` is a UTC moment."""
    count = totals(plugins)
    headline = f"{count['objects']:,} objects with {count['methods']:,} methods"
    return document(
        title=f"{title} - {headline}",
        maker="vcpp.vcloud.vro_explorer",
        style=STYLE,
        script=SCRIPT,
        body=f"""<a class="skip" href="#objects">Skip to the objects</a>
<header class="top done"><div class="wide">
<div class="bar"><p class="what">{escape(title)}</p>
<button type="button" id="theme" class="quiet" hidden>Theme: automatic</button></div>
<div class="verdict"><span class="mark" aria-hidden="true">{{ }}</span>
<div><h1>{escape(headline)}</h1>
<p>What scripts and actions of this orchestrator can use, as its plug-ins tell it.</p></div></div>
<p class="when"><span>{escape(endpoint)}</span><span>release {escape(release)}</span>
<span>read {escape(generated[:10])} {escape(generated[11:16])} UTC</span></p>
</div></header>
<main>
{_tiles(count)}
{_objects(plugins)}
{_plugins(plugins)}
</main>
<footer class="wide"><p>Made by vcpp.vcloud.vro_explorer from the server's own description of its plug-ins. It holds no
object of the inventory and no secret, and needs no network.</p></footer>""",
        data=data(plugins),
    )


def _tiles(count: Mapping[str, int]) -> str:
    tiles = [
        ("Plug-ins", count["plugins"], "that describe themselves"),
        ("Objects", count["objects"], "of the scripting language"),
        ("Methods", count["methods"], "of all objects"),
        ("Attributes", count["attributes"], "of all objects"),
        ("Types", count["types"], "of the inventory"),
    ]
    cells = "".join(
        f'<div class="tile"><dt>{name}</dt><dd><b>{value:,}</b><small>{small}</small></dd></div>'
        for name, value, small in tiles
    )
    return f'<section class="wide" aria-label="Totals"><dl class="tiles">{cells}</dl></section>'


def _objects(plugins: Sequence[Described]) -> str:
    chosen = "".join(
        f'<option value="{at}">{escape(plugin["name"])}</option>'
        for at, plugin in enumerate(plugins)
        if plugin["objects"] or plugin["types"] or plugin["enums"]
    )
    return f"""<section id="objects" class="wide" aria-labelledby="objects-title" tabindex="-1">
<h2 id="objects-title">Objects, types and enumerations</h2>
<div class="filters" role="search">
<div class="find"><label for="search">Names</label>
<input id="search" type="search" placeholder="powerOn, VclVM, vCloud:VM" autocomplete="off" spellcheck="false">
<kbd aria-hidden="true">/</kbd></div>
<div><label for="plugin">Plug-in</label><select id="plugin"><option value="">all of them</option>{chosen}</select></div>
<div><label for="kind">What</label><select id="kind"><option value="">everything</option>
<option value="object">objects</option><option value="type">types of the inventory</option>
<option value="enum">enumerations</option></select></div>
<div class="clear"><button type="button" id="clear" class="quiet" disabled>Show all</button></div>
</div>
<p id="shown" role="status">This list needs JavaScript.</p>
<div id="list"></div>
<p id="pager" hidden><button type="button" id="more" class="quiet">Show more</button></p>
</section>"""


def _plugins(plugins: Sequence[Described]) -> str:
    lines = "".join(
        f'<tr><th scope="row">{escape(plugin["name"])}</th><td>{escape(plugin["version"])}</td>'
        f"<td>{len(plugin['objects']):,}</td><td>{len(plugin['types']):,}</td>"
        f"<td>{escape(plugin['description'])}</td></tr>"
        for plugin in plugins
    )
    return f"""<section class="wide" aria-labelledby="plugins-title"><h2 id="plugins-title">Plug-ins</h2>
<div class="card scroll"><table class="plain">
<thead><tr><th scope="col">Name</th><th scope="col">Version</th><th scope="col">Objects</th><th scope="col">Types</th>
<th scope="col">Description</th></tr></thead><tbody>{lines}</tbody></table></div></section>"""
