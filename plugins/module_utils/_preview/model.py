# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a preview of portal branding shows: views of a portal, rows of organizations, and both as data of a page. Pure.

A view is what an organization's portal shows, whoever set it. Five hundred tenants have few different views, so each
view, menu, theme and image stands in the data once and rows refer to it by its place.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .._plan import InputError
from .._vcd.images import Image
from .._vcd.palette import colour, shortfalls

CHANGES, STAYS, RETURNS = "changes", "stays", "returns"
# What is compared, in the words of M(vcpp.vcloud.vcd_branding), and how the page calls it.
FIELDS = {
    "portal_name": "Portal name",
    "portal_color": "Banner colour",
    "theme": "Theme",
    "custom_links": "Menu",
    "logo": "Logo",
    "icon": "Icon",
}
# What a page can show without running anything: a picture in an <img> runs no script, an SVG's neither.
PICTURES = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/svg+xml": "SVG",
    "image/x-icon": "ICO",
    "image/vnd.microsoft.icon": "ICO",
    "image/gif": "GIF",
}
# What Clarity writes with on a header whose theme says nothing of it, light or dark.
HEADER_TEXT = "#FAFAFA"
# Bytes of images in one page; those that come after are named and not shown.
ROOM = 24 * 2**20
Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True)
class Link:
    """One entry of a menu: `type` is override, section, link or separator."""

    type: str
    name: str = ""
    url: str = ""


@dataclass(frozen=True)
class Theme:
    """A theme, the colours of its style sheet as ((name of a palette, #RRGGBB), …), and what is not known of it."""

    name: str
    built_in: bool = False
    colours: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class View:
    """A portal as its users see it. `portal_color` is empty where the theme decides; None stands for not read."""

    portal_name: str = ""
    portal_color: str = ""
    theme: Theme = field(default_factory=lambda: Theme("Default", built_in=True))
    links: tuple[Link, ...] = ()
    logo: Image | None = None
    icon: Image | None = None

    def banner(self) -> str | None:
        """The colour of the banner: the branding's, else the theme's; None where neither says it."""
        try:
            return colour(self.portal_color)
        except InputError:
            return dict(self.theme.colours).get("header")

    def weak(self) -> list[dict[str, Any]]:
        """The pairs of colours that are hard to read on this portal, see `palette.shortfalls`."""
        banner = self.banner()
        colours = {"header_text": HEADER_TEXT, **dict(self.theme.colours)}
        return shortfalls({**colours, **({"header": banner} if banner else {})})


@dataclass(frozen=True)
class Row:
    """An organization (`org` None: the system) as it is and as it would be.

    `changed` are the names of `FIELDS` that differ, `follows` those that the system decides afterwards, `fate` is one
    of the three words above, and `notes` are sentences.
    """

    org: str | None
    before: View
    after: View
    changed: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    fate: str = STAYS
    notes: tuple[str, ...] = ()


class _Places(dict[Place, int]):
    """Each thing once, known by its place."""

    def of(self, thing: Place) -> int:
        return self.setdefault(thing, len(self))


def data(rows: Iterable[Row]) -> dict[str, Any]:
    """The rows as the page's script takes them: only texts, numbers and data URIs."""
    views: _Places[View] = _Places()
    themes: _Places[Theme] = _Places()
    menus: _Places[tuple[Link, ...]] = _Places()
    images: _Places[Image] = _Places()
    told = [
        {
            "org": row.org,
            "fate": row.fate,
            "before": views.of(row.before),
            "after": views.of(row.after),
            "changed": list(row.changed),
            "follows": list(row.follows),
            "notes": list(row.notes),
        }
        for row in rows
    ]
    seen = [
        {
            "name": view.portal_name,
            "colour": _shown_colour(view.portal_color),
            "banner": view.banner(),
            "theme": themes.of(view.theme),
            "menu": menus.of(view.links),
            "logo": None if view.logo is None else images.of(view.logo),
            "icon": None if view.icon is None else images.of(view.icon),
            "weak": [{key: each[key] for key in WEAK} for each in view.weak()],
        }
        for view in views
    ]
    return {
        "rows": told,
        "views": seen,
        "themes": [
            {"name": theme.name, "builtIn": theme.built_in, "colours": dict(theme.colours), "note": theme.note}
            for theme in themes
        ],
        "menus": [[[link.type, link.name, link.url] for link in links] for links in menus],
        "images": list(_pictures(images)),
        "fields": FIELDS,
    }


WEAK = ("front", "back", "front_colour", "back_colour", "ratio", "needed", "enough")


def _shown_colour(value: str) -> str:
    """The colour in one spelling; what is none is shown as it is, and nothing is painted with it."""
    try:
        return colour(value) if value else ""
    except InputError:
        return value


def _pictures(images: Iterable[Image]) -> Iterable[dict[str, Any]]:
    """Type, size and, where there is room and a browser shows it, the data URI of each image."""
    left = ROOM
    for image in images:
        kind = re.split(r"[\s;]", image.media_type.lower(), maxsplit=1)[0]
        told: dict[str, Any] = {"type": PICTURES.get(kind, kind[:40]), "bytes": len(image.content), "src": None}
        if kind in PICTURES and image.content and len(image.content) <= left:
            left -= len(image.content)
            told["src"] = f"data:{kind};base64,{base64.b64encode(image.content).decode()}"
        yield told


def totals(rows: Iterable[Row]) -> dict[str, int]:
    """How many tenants have each fate, how many are shown, how many would be hard to read."""
    tenants = [row for row in rows if row.org is not None]
    count: Mapping[str, int] = {fate: sum(row.fate == fate for row in tenants) for fate in (CHANGES, STAYS, RETURNS)}
    return {**count, "tenants": len(tenants), "weak": sum(bool(row.after.weak()) for row in tenants)}
