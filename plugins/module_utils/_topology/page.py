# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The topology page: one HTML file with totals, a picture, and tables of every part. Pure: a topology in, text out.

All of it is plain HTML and SVG: no script runs on it. The element with the id data holds each part and how it does, for
the next run's diff and for machines. The moment it was drawn is the only thing that differs between two pages of one
topology; `same` looks past it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from .._page import document, escape
from .model import BAD, GOOD, UNKNOWN, WARN, Part, Topology, many, size, told, verdict, worst
from .picture import SIGNS, draw
from .style import STYLE

_MOMENT = re.compile(r'<time datetime="[^"]*">[^<]*</time>')
_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
WORDS = {GOOD: "in order", WARN: "needs a look", BAD: "broken", UNKNOWN: "not known"}


def to_html(topology: Topology, *, title: str, generated: str) -> str:
    """The whole page. `generated` is a UTC moment."""
    mood, headline, sentence = verdict(topology)
    shown = f"{generated[:10]} {generated[11:16]} UTC"
    return document(
        title=f"{headline} - {title}",
        maker="vcpp.vcloud.k8s_storage_topology",
        style=STYLE,
        script="",
        body=f"""<a class="skip" href="#claims">Skip to the claims</a>
<header class="top {mood}"><div class="wide">
<div class="bar"><p class="what">{escape(title)}</p></div>
<div class="verdict"><span class="mark" aria-hidden="true">{SIGNS[mood]}</span>
<div><h1>{escape(headline)}</h1><p>{escape(sentence)}</p></div></div>
<p class="when"><span>as it has been since <time datetime="{escape(generated)}">{escape(shown)}</time></span></p>
</div></header>
<main>
{_tiles(topology)}
{_notes(topology)}
<section class="wide" aria-labelledby="picture-title"><h2 id="picture-title">Topology</h2>
<div class="card picture">{draw(topology)}{_legend()}</div></section>
{_claims(topology)}
{_left(topology)}
{_nodes(topology)}
{_daemons(topology)}
</main>
<footer class="wide"><p>Made by vcpp.vcloud.k8s_storage_topology. A run that finds nothing else leaves the page as it
is, with its date. Sizes are binary: 1 GiB is 1,073,741,824 bytes. The page holds no key and needs no network.</p>
</footer>""",
        data=told(topology),
    )


def same(one: str, other: str) -> bool:
    """Whether two pages tell the same, whenever they were drawn."""
    return _MOMENT.sub("", one) == _MOMENT.sub("", other)


def read_back(page: str) -> dict[str, str]:
    """What a page told of each part; empty for a file that is no such page."""
    found = _DATA.search(page)
    try:
        parts = json.loads(html.unescape(found[1])) if found else {}
    except ValueError:
        return {}
    return {str(name): str(text) for name, text in parts.items()} if isinstance(parts, dict) else {}


def difference(path: str, was: tuple[str, int] | None, topology: Topology, mode: int | None) -> dict[str, Any]:
    """The `diff` of a page: the parts that the file tells differently, and its permissions where those change."""
    before, after = read_back(was[0]) if was else {}, told(topology)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    left = {name: before[name] for name in names if name in before}
    right = {name: after[name] for name in names if name in after}
    if was and mode is not None and was[1] != mode:
        left["mode"], right["mode"] = f"{was[1]:04o}", f"{mode:04o}"
    return {"before": left, "after": right, "before_header": path, "after_header": path}


def _tiles(topology: Topology) -> str:
    claims, ceph, cluster = topology.claims, topology.ceph, topology.cluster
    bound = sum(claim.mood == GOOD for claim in claims)
    tiles = [
        (
            worst(claim.mood for claim in claims) if claims else "",
            "Claims bound",
            f"{bound:,} of {len(claims):,}",
            f"{size(sum(claim.size or 0 for claim in claims))} of storage" if claims else "none yet",
        )
    ]
    if cluster:
        fine = sum(node.mood == GOOD for node in cluster.nodes)
        mood = worst([cluster.mood, *(node.mood for node in cluster.nodes)])
        tiles.append((mood, "Nodes", f"{fine:,} of {len(cluster.nodes):,}", f"cluster {cluster.name}: {cluster.state}"))
    if ceph:
        up = sum(osd.mood == GOOD for osd in ceph.osds)
        tiles.append(
            (ceph.mood, "Ceph", ceph.state, many(len(ceph.checks), "check") if ceph.checks else " ".join(ceph.details))
        )
        used = f"{ceph.used} % of the space used" if ceph.used is not None else "of all"
        tiles.append((worst(osd.mood for osd in ceph.osds), "OSDs up and in", f"{up:,} of {len(ceph.osds):,}", used))
        quorum = sum(one.mood == GOOD for one in ceph.monitors)
        if ceph.monitors:
            tiles.append(
                (
                    worst(one.mood for one in ceph.monitors),
                    "Monitors",
                    f"{quorum:,} of {len(ceph.monitors):,}",
                    "in quorum",
                )
            )
    cells = "".join(
        f'<div class="tile {mood if mood != UNKNOWN else ""}"><dt>{name}</dt>'
        f"<dd><b{' class=long' if len(value) > 9 else ''}>{escape(value)}</b><small>{escape(small)}</small></dd></div>"
        for mood, name, value, small in tiles
    )
    return f'<section class="wide" aria-label="Totals"><dl class="tiles">{cells}</dl></section>'


def _notes(topology: Topology) -> str:
    texts = [f"{name}: {text}".rstrip(": ") for name, text in (topology.ceph.checks if topology.ceph else ())]
    gone = [one.name for band in topology.bands for one in band.classes if one.missing]
    texts += [
        f"Claims name the storage class {name}, which does not exist: no new claim of it will be bound."
        for name in gone
    ]
    texts += [
        f"The pool {band.pool} does not exist in this Ceph cluster." for band in topology.bands if band.mood == BAD
    ]
    if not texts:
        return ""
    rows = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<section class="wide" aria-label="To be known"><ul class="card remarks">{rows}</ul></section>'


def _legend() -> str:
    return f'<p class="legend">{"".join(f"<span>{SIGNS[mood]} {word}</span>" for mood, word in WORDS.items())}</p>'


def _word(part: Part) -> str:
    return f'<span class="word {part.mood}">{SIGNS[part.mood]} {escape(part.state)}</span>'


def _table(name: str, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are HTML; the first cell of a row is its heading."""
    heads = "".join(f'<th scope="col"{_number(column)}>{column}</th>' for column in columns)
    lines = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(
            f'<td data-label="{column}"{_number(column)}>{cell}</td>'
            for column, cell in zip(columns[1:], row[1:], strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<section class="wide" id="{name}" aria-labelledby="{name}-title" tabindex="-1">'
        f'<h2 id="{name}-title">{title}</h2><div class="card scroll"><table class="rows">'
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div></section>"
    )


def _number(column: str) -> str:
    return ' class="number"' if column == "Size" else ""


def _claims(topology: Topology) -> str:
    # What needs somebody comes first.
    claims = sorted(topology.claims, key=lambda claim: claim.mood == GOOD)
    if not claims:
        empty = '<p class="card remarks">There is no claim yet.</p>'
        return f'<section class="wide" id="claims" tabindex="-1" aria-label="Claims">{empty}</section>'
    rows = [
        (
            escape(claim.name),
            _word(claim),
            size(claim.size),
            escape(claim.storage_class),
            escape(claim.image.pool if claim.image else ""),
            escape(claim.image.name if claim.image else ""),
            escape(claim.volume),
        )
        for claim in claims
    ]
    return _table("claims", "Claims", ("Claim", "State", "Size", "Storage class", "Pool", "Image", "Volume"), rows)


def _left(topology: Topology) -> str:
    rows = [
        (escape(part.name), _word(part), escape(band.pool), escape(", ".join(part.details)))
        for band in topology.bands
        for part in band.left
    ]
    return _table("left", "Without a claim", ("What", "State", "Pool", "Details"), rows) if rows else ""


def _nodes(topology: Topology) -> str:
    if not topology.cluster or not topology.cluster.nodes:
        return ""
    rows = [(escape(node.name), _word(node), escape(", ".join(node.details))) for node in topology.cluster.nodes]
    return _table("nodes", f"Nodes of {escape(topology.cluster.name)}", ("Node", "State", "Details"), rows)


def _daemons(topology: Topology) -> str:
    ceph = topology.ceph
    if not ceph:
        return ""
    kinds: tuple[tuple[str, Sequence[Part]], ...] = (("monitor", ceph.monitors), ("manager", ceph.managers))
    rows = [
        (f"{kind} {escape(part.name)}", _word(part), escape(", ".join(part.details)))
        for kind, parts in kinds
        for part in parts
    ]
    rows += [(escape(osd.name), _word(osd), escape(osd.host)) for osd in ceph.osds]
    return _table("ceph", f"Ceph {escape(ceph.name)}", ("Daemon", "State", "Details"), rows) if rows else ""
