# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture: a topology as SVG, wide for desks and paper, tall for phones. Pure.

Left the cluster and its nodes, in the middle the storage classes with their claims, right each claim's image in its
pool, below them Ceph. Whatever does not do well is drawn by itself and first; of many that do well only some are, and
the tables of the page have all of them. How a part does is told by a mark and a word, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from .._page import escape
from .model import GOOD, UNKNOWN, Band, Ceph, Claim, Cluster, Osd, Part, Topology, many, size, verdict, worst

SIGNS = {"good": "\u2713", "unknown": "?", "warn": "!", "bad": "\u2715"}
# How many parts of a kind are drawn one by one; of more, those that do well are drawn as one.
NODES, CLAIMS, OSDS, CHECKS, LEFT = 12, 16, 12, 6, 4
ROW, GAP, HEAD, PAD = 46, 8, 58, 12
# The width of a letter against the size of its script, in the widest of the usual scripts; of bold ones more.
LETTER, BOLD = 0.6, 0.68
# A state that is longer is told on the second line.
SHORT = 20
Shown = TypeVar("Shown", bound=Part)


class Canvas:
    """Shapes of a picture in the order in which they are painted."""

    def __init__(self, wide: int, name: str) -> None:
        self.wide, self.name = wide, name
        self.lines: list[str] = []
        self.shapes: list[str] = []

    def text(self, x: float, y: float, words: str, style: str, room: float, points: int = 13) -> None:
        """Words that take no more than `room`; what is too long is cut in its middle, where names differ least."""
        letters = room / (points * (LETTER if "soft" in style else BOLD))
        self.shapes.append(f'<text x="{x:g}" y="{y:g}" class="{style}">{escape(cut(words, letters))}</text>')

    def mark(self, x: float, y: float, mood: str) -> None:
        """The sign of a mood in a disc."""
        self.shapes.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="9" class="disc {mood}"/>'
            f'<text x="{x:g}" y="{y + 4:g}" class="sign {mood}">{SIGNS[mood]}</text>'
        )

    def frame(self, x: float, y: float, wide: float, high: float, mood: str, head: tuple[str, str, str]) -> None:
        """A frame with what it is, its name and its details; the state stands on the right."""
        kind, name, state = head
        self.shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="10" class="frame {mood}"/>'
        )
        self.mark(x + 22, y + 24, mood)
        told = min(width(state) * 12 * BOLD, wide * 0.5)
        self.text(x + 40, y + 20, kind, "kind", wide - 60 - told, 11)
        self.text(x + 40, y + 37, name, "name", wide - 52, 14)
        self.text(x + wide - PAD, y + 20, state, f"state end {mood}", wide * 0.5, 12)

    def item(self, x: float, y: float, wide: float, part: Part, second: str = "") -> None:
        """A part: mark, name, state, and one line of details. Its title has all of it uncut."""
        details = second or ", ".join(part.details)
        whole = ", ".join(filter(None, [f"{part.name}: {part.state}", details]))
        self.shapes.append(
            f"<g><title>{escape(whole)}</title>"
            f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{ROW}" rx="7" class="part {part.mood}"/>'
        )
        self.mark(x + 19, y + ROW / 2, part.mood)
        if len(part.state) > SHORT:
            self.text(x + 36, y + 19, part.name, "strong", wide - 46)
            self.text(x + 36, y + 36, part.state, f"state {part.mood}", wide - 46, 12)
        else:
            self.text(x + 36, y + 19, part.name, "strong", wide - 56 - width(part.state) * 12 * BOLD)
            self.text(x + wide - 10, y + 19, part.state, f"state end {part.mood}", wide, 12)
            self.text(x + 36, y + 36, details, "soft", wide - 46, 12)
        self.shapes.append("</g>")

    def line(self, *points: tuple[float, float], arrow: bool = False) -> None:
        """A line behind all shapes."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        end = f' marker-end="url(#{self.name}-arrow)"' if arrow else ""
        self.lines.append(f'<polyline points="{path}" class="edge"{end}/>')

    def svg(self, high: float, title: str, words: str) -> str:
        """The whole picture with its name and its description for those who do not see it."""
        arrow = (
            f'<marker id="{self.name}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0 8 4 0 8z" class="head"/></marker>'
        )
        return (
            f'<svg class="{self.name}" viewBox="-1 -1 {self.wide + 2} {high + 2:g}" role="img" '
            f'aria-labelledby="{self.name}-title {self.name}-desc" xmlns="http://www.w3.org/2000/svg">'
            f'<title id="{self.name}-title">{escape(title)}</title><desc id="{self.name}-desc">{escape(words)}</desc>'
            f"<defs>{arrow}</defs>{''.join(self.lines)}{''.join(self.shapes)}</svg>"
        )


def width(words: str) -> float:
    """How wide words are, in letters of usual width."""
    return sum(1.7 if each in "mwMW@%" or each > "\u2e80" else 1.15 if each.isupper() else 1 for each in words)


def cut(words: str, most: float) -> str:
    """The words, or their beginning and end with an ellipsis between, so that they are no wider than `most` letters."""
    kept, short = len(words), words
    while width(short) > most and kept > 2:
        kept -= 1
        tail = kept // 2
        short = f"{words[: kept - tail]}\u2026{words[len(words) - tail :]}"
    return short


def draw(topology: Topology) -> str:
    """Both pictures; the style sheet shows the one that fits."""
    _unused, headline, sentence = verdict(topology)
    words = f"{headline}. {sentence} The tables below have every part of it."
    return _wide(topology, words) + _tall(topology, words)


def _wide(topology: Topology, words: str) -> str:
    canvas = Canvas(1160, "wide-picture")
    left, middle, right, each = 0, 392, 800, 360
    bottom, joint = 0.0, None
    if topology.cluster:
        joint = (left + 340, 29)
        bottom = _cluster(canvas, topology.cluster, left, 1, 340)
    y = 1.0
    below: float | None = None
    for band in topology.bands:
        high = _band_height(band)
        if joint:
            bend = (joint[0] + middle) / 2
            canvas.line(joint, (bend, joint[1]), (bend, y + 28), (middle, y + 28), arrow=True)
        _classes(canvas, band, middle, y, each, high)
        if band.pool:
            _images(canvas, band, right, y, each, high)
            below = y + high
        row = y + HEAD
        for _claim, _image in _rows(band):
            if _image:
                canvas.line((middle + each, row + ROW / 2), (right, row + ROW / 2), arrow=True)
            row += ROW + GAP
        y += high + 20
    if topology.ceph:
        if below is not None:
            canvas.line((right + each / 2, below), (right + each / 2, y), arrow=True)
        y = _ceph(canvas, topology.ceph, middle, y, right + each - middle, 3) + 20
    return canvas.svg(max(bottom, y - 20, 60) + 2, "Storage topology", words)


def _tall(topology: Topology, words: str) -> str:
    canvas = Canvas(360, "tall-picture")
    y = 1.0
    if topology.cluster:
        y = _cluster(canvas, topology.cluster, 0, y, 358) + 22
    for band in topology.bands:
        if y > 1:
            canvas.line((180, y - 22), (180, y), arrow=True)
        y = _stacked(canvas, band, y) + 22
    if topology.ceph:
        if y > 1:
            canvas.line((180, y - 22), (180, y), arrow=True)
        y = _ceph(canvas, topology.ceph, 0, y, 358, 1) + 22
    return canvas.svg(max(y - 22, 60) + 2, "Storage topology", words)


# What is drawn by itself


def few(parts: Sequence[Shown], most: int, rest: Callable[[int], str]) -> list[Part]:
    """Up to `most` parts, those that do not do well first; what is left out is one more part."""
    if len(parts) <= most:
        return list(parts)
    ordered: list[Shown] = sorted(parts, key=lambda part: part.mood == GOOD)
    kept, others = ordered[: most - 1], ordered[most - 1 :]
    mood = worst(part.mood for part in others)
    state = "all in order" if mood == GOOD else "see the table"
    return [*kept, Part(rest(len(others)), mood, state)]


def _rows(band: Band) -> list[tuple[Part, Part | None]]:
    """(claim, its image) as parts; of many claims the ones in order are drawn by namespace."""
    if len(band.claims) <= CLAIMS:
        return [(claim, _image_part(claim)) for claim in band.claims]
    wrong = [claim for claim in band.claims if claim.mood != GOOD][: CLAIMS // 2]
    rows: list[tuple[Part, Part | None]] = [(claim, _image_part(claim)) for claim in wrong]
    spaces: dict[str, list[Claim]] = {}
    for claim in band.claims:
        if claim not in wrong:
            spaces.setdefault(claim.namespace, []).append(claim)
    ordered = sorted(spaces.items(), key=lambda each: (-len(each[1]), each[0]))
    room = CLAIMS - len(rows)
    for name, claims in ordered if len(ordered) <= room else ordered[: room - 1]:
        rows.append(_group(f"namespace {name}", claims))
    if len(ordered) > room:
        rest = ordered[room - 1 :]
        rows.append(_group(f"{len(rest):,} more namespaces", [claim for _name, claims in rest for claim in claims]))
    return rows


def _group(name: str, claims: Sequence[Claim]) -> tuple[Part, Part | None]:
    mood = worst(claim.mood for claim in claims)
    bound = sum(claim.mood == GOOD for claim in claims)
    images = [claim.image for claim in claims if claim.image]
    state = f"all {bound:,} bound" if mood == GOOD else f"{bound:,} of {len(claims):,} bound"
    left = Part(name, mood, state, (f"{many(len(claims), 'claim')}, {size(sum(claim.size or 0 for claim in claims))}",))
    if not images:
        return left, None
    known = sum(image.size or 0 for image in images)
    return left, Part(many(len(images), "image"), mood, size(known) if known else "", ("one for each claim",))


def _image_part(claim: Claim) -> Part | None:
    image = claim.image
    if image is None:
        return None
    missing = "image is missing" in claim.state
    state = "missing" if missing else size(image.size)
    return Part(image.name, claim.mood, state, (f"volume {claim.volume}",))


def _claim_line(claim: Part) -> str:
    if not isinstance(claim, Claim):
        return ", ".join(claim.details)
    return ", ".join(filter(None, [size(claim.size), *claim.details, claim.storage_class]))


# The frames


def _cluster(canvas: Canvas, cluster: Cluster, x: float, y: float, wide: float) -> float:
    shown = few(cluster.nodes, NODES, lambda count: f"{count:,} more nodes")
    extra = 16 if cluster.details else 0
    high = HEAD + extra + len(shown) * (ROW + GAP) + PAD - GAP
    canvas.frame(x, y, wide, high, cluster.mood, ("Kubernetes", cluster.name, cluster.state))
    canvas.text(x + 40, y + 54, ", ".join(cluster.details), "soft", wide - 52, 12)
    top = y + HEAD + extra
    for node in shown:
        canvas.item(x + PAD, top, wide - 2 * PAD, node)
        top += ROW + GAP
    return y + high


def _band_height(band: Band) -> float:
    rows = len(_rows(band)) + len(few(band.left, LEFT, str))
    return HEAD + max(rows, 1) * (ROW + GAP) + PAD - GAP


def _titles(band: Band) -> tuple[str, str, str, str]:
    """Mood, kind, names and state of the classes of a band."""
    gone = [one.name for one in band.classes if one.missing]
    names = ", ".join(one.name for one in band.classes)
    mood = "bad" if gone else GOOD if band.classes else UNKNOWN
    state = "missing" if gone else ""
    return mood, "Storage class" if len(band.classes) == 1 else "Storage classes", names or "none", state


def _classes(canvas: Canvas, band: Band, x: float, y: float, wide: float, high: float) -> None:
    mood, kind, names, state = _titles(band)
    canvas.frame(x, y, wide, high, mood, (kind, names, state))
    rows = _rows(band)
    if not rows:
        canvas.text(x + 40, y + HEAD + 24, "no claim", "soft", wide - 60, 12)
    for at, (claim, _image) in enumerate(rows):
        canvas.item(x + PAD, y + HEAD + at * (ROW + GAP), wide - 2 * PAD, claim, _claim_line(claim))


def _images(canvas: Canvas, band: Band, x: float, y: float, wide: float, high: float) -> None:
    canvas.frame(x, y, wide, high, band.mood, ("Ceph pool", band.pool or "not known", band.state))
    top = y + HEAD
    for _claim, image in _rows(band):
        if image:
            canvas.item(x + PAD, top, wide - 2 * PAD, image)
        top += ROW + GAP
    for part in few(band.left, LEFT, lambda count: f"{count:,} more without a claim"):
        canvas.item(x + PAD, top, wide - 2 * PAD, part)
        top += ROW + GAP


def _stacked(canvas: Canvas, band: Band, y: float) -> float:
    """A band for phones: each claim with its image below it, all in one frame."""
    rows, left = _rows(band), few(band.left, LEFT, lambda count: f"{count:,} more without a claim")
    mood, kind, names, state = _titles(band)
    both = sum(2 if image else 1 for _claim, image in rows)
    high = 2 * HEAD - 20 + max(both + len(left), 1) * (ROW + GAP) + PAD - GAP
    canvas.frame(0.5, y, 358, high, worst([mood, band.mood]), (kind, names, state))
    canvas.text(40, y + 60, "Ceph pool", "kind", 100, 11)
    canvas.text(40, y + 77, band.pool or "not known", "name", 180, 14)
    canvas.text(346, y + 60, band.state, f"state end {band.mood}", 140)
    top = y + 2 * HEAD - 20
    if not rows:
        canvas.text(40, top + 24, "no claim", "soft", 300, 12)
    for claim, image in rows:
        canvas.item(PAD, top, 334, claim, _claim_line(claim))
        top += ROW + GAP
        if image:
            canvas.shapes.append(
                f'<polyline points="20,{top - GAP:g} 20,{top + ROW / 2:g} 30,{top + ROW / 2:g}" class="edge"/>'
            )
            canvas.item(30, top, 316, image)
            top += ROW + GAP
    for part in left:
        canvas.item(PAD, top, 334, part)
        top += ROW + GAP
    return y + high


def _ceph(canvas: Canvas, ceph: Ceph, x: float, y: float, wide: float, columns: int) -> float:
    """Ceph: what its health says, monitors, managers, and the OSDs of each host in a grid."""
    began = len(canvas.shapes)
    top = y + HEAD
    inner = wide - 2 * PAD
    for name, text in ceph.checks[:CHECKS]:
        canvas.text(x + 40, top + 6, f"{name}: {text}".rstrip(": "), f"state {ceph.mood}", inner - 30, 12)
        top += 20
    if len(ceph.checks) > CHECKS:
        canvas.text(x + 40, top + 6, f"and {many(len(ceph.checks) - CHECKS, 'more check')}", "soft", inner, 12)
        top += 20
    top += 8 if ceph.checks else 0
    daemons: list[Part] = []
    if ceph.monitors:
        daemons.append(_summed("monitors", ceph.monitors, "in quorum"))
    if ceph.managers:
        daemons += [Part(f"manager {one.name}", one.mood, one.state, one.details) for one in ceph.managers]
    top = _grid(canvas, x + PAD, top, inner, min(columns, 2), daemons)
    hosts: dict[str, list[Osd]] = {}
    for osd in ceph.osds:
        hosts.setdefault(osd.host, []).append(osd)
    cells: list[Part] = []
    for host, osds in hosts.items():
        shown = osds if len(ceph.osds) <= OSDS else [osd for osd in osds if osd.mood != GOOD]
        cells += [Part(osd.name, osd.mood, osd.state, (host or "host not known",)) for osd in shown]
        fine = len(osds) - len(shown)
        if fine:
            cells.append(Part(host or "host not known", GOOD, "up, in", (many(fine, "OSD"),)))
    top = _grid(canvas, x + PAD, top, inner, columns, cells)
    rest = canvas.shapes[began:]
    del canvas.shapes[began:]
    high = top - y + PAD - GAP
    canvas.frame(x, y, wide, high, ceph.mood, (" ".join(["Ceph", *ceph.details]), ceph.name, ceph.state))
    canvas.shapes += rest
    return y + high


def _summed(name: str, parts: Sequence[Part], word: str) -> Part:
    """Daemons of one kind as one part."""
    fine = [part.name for part in parts if part.mood == GOOD]
    mood = worst(part.mood for part in parts)
    wrong = [f"{part.name} {part.state}" for part in parts if part.mood != GOOD]
    told = ", ".join(wrong + fine)
    return Part(f"{len(parts):,} {name if len(parts) > 1 else name[:-1]}", mood, f"{len(fine):,} {word}", (told,))


def _grid(canvas: Canvas, x: float, y: float, wide: float, columns: int, parts: Sequence[Part]) -> float:
    """Parts in columns; answers where the next row begins."""
    each = (wide - (columns - 1) * GAP) / columns
    for at, part in enumerate(parts):
        canvas.item(x + at % columns * (each + GAP), y + at // columns * (ROW + GAP), each, part)
    return y + -(-len(parts) // columns) * (ROW + GAP)
