# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The colours that the style sheet of a theme gives to a portal, in the names of a palette. Pure.

It reads what `palette.to_css` writes, what the portal's own theme editor exports and what the theme generator makes:
some 450 KB of Clarity. It is no CSS engine: custom properties come first, then the last rule with exactly the selector
of a part. What it does not understand (gradients, media queries, !important) is not guessed. Nothing but `#RRGGBB`
comes out, whatever a style sheet contains.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator

from .palette import PARTS

_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*(.+))?\)", re.DOTALL)
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)")
_NAMES = {"white": "#FFFFFF", "black": "#000000"}
_DEEPEST = 8
# Longer values are no colour, and a style sheet beyond this is not taken apart: real ones have half a megabyte.
_LONGEST_VALUE, LONGEST = 200, 4_000_000
# Who has the custom properties of the whole page.
_ROOTS = {":root", "html", "body"}
_RULES = {
    "color": "color",
    "background": "background-color",
    "background-color": "background-color",
    "border-color": "border-color",
}
_KNOWN = {selector for part in PARTS.values() for selector in part.selectors}


def read(css: str) -> dict[str, str]:
    """{name of a palette: #RRGGBB} of a style sheet, in the order of `PARTS`; only what it says plainly."""
    if len(css) > LONGEST:
        return {}
    properties: dict[str, str] = {}
    rules: dict[tuple[str, str], str] = {}
    for selectors, body in _blocks(_without_comments(css)):
        of_page, mine = not _ROOTS.isdisjoint(selectors), _KNOWN.intersection(selectors)
        if not (of_page or mine):
            continue
        for line in body.split(";"):
            name, _colon, value = (text.strip() for text in line.partition(":"))
            if len(value) > _LONGEST_VALUE:
                continue
            if name.startswith("--"):
                properties.update({name: value} if of_page else {})
            elif (rule := _RULES.get(name.lower())) and (_VARIABLE.fullmatch(value) or _colour(value, {})):
                rules.update({(selector, rule): value for selector in mine})
    found = {}
    for name, part in PARTS.items():
        values = [properties[each] for each in part.properties if each in properties]
        values += [rules[where] for where in ((each, part.rule) for each in part.selectors) if where in rules]
        plain = next(filter(None, (_colour(each, properties) for each in values)), None)
        if plain:
            found[name] = plain
    return found


def _without_comments(css: str) -> str:
    first, *others = css.split("/*")
    return first + " ".join(each.partition("*/")[2] for each in others)


def _blocks(css: str) -> Iterator[tuple[set[str], str]]:
    """(selectors, declarations) of every rule that stands in no other one: those of a media query are not always true.

    Each character is looked at a fixed number of times, so that no style sheet takes long.
    """
    depth = 0
    for piece in css.split("}"):
        head, brace, body = piece.rpartition("{")
        depth += piece.count("{")
        if depth == 1 and brace:
            yield {" ".join(each.split()) for each in head.rpartition(";")[2].split(",")}, body
        depth = max(depth - 1, 0)


def _colour(value: str, properties: dict[str, str], depth: int = 0) -> str | None:
    """A value of CSS as #RRGGBB; None for what is none, is transparent, or refers to itself."""
    value = value.strip()
    if variable := _VARIABLE.fullmatch(value):
        if depth >= _DEEPEST:
            return None
        name, otherwise = variable.groups()
        return _colour(properties.get(name, otherwise or ""), properties, depth + 1)
    value = value.lower()
    if value in _NAMES:
        return _NAMES[value]
    if re.fullmatch(r"#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{6}ff)", value):
        digits = value[1:7]
        return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits).upper()
    if function := _FUNCTION.fullmatch(value):
        return _computed(*function.groups())
    return None


def _computed(kind: str, inside: str) -> str | None:
    parts = re.split(r"[\s,/]+", inside.strip())
    numbers = []
    for part in parts:
        if not re.fullmatch(r"[+-]?\d{1,6}(?:\.\d{1,9})?(?:%|deg)?", part):
            return None
        number = float(part.rstrip("%deg"))
        numbers.append(number / 100 if part.endswith("%") else number)
    if len(numbers) not in (3, 4) or (len(numbers) == 4 and numbers[3] < 1):
        return None
    if kind == "hsl":
        shares = colorsys.hls_to_rgb(numbers[0] / 360 % 1, _bounded(numbers[2]), _bounded(numbers[1]))
    else:
        scaled = [number if part.endswith("%") else number / 255 for number, part in zip(numbers, parts, strict=True)]
        shares = (scaled[0], scaled[1], scaled[2])
    return "#" + "".join(f"{round(_bounded(share) * 255):02X}" for share in shares)


def _bounded(share: float) -> float:
    return min(max(share, 0.0), 1.0)
