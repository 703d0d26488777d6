# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What portals show and would show: reads brandings, images and style sheets, never writes, makes rows of a preview.

What would be is the plan of branding.py, the same that M(vcpp.vcloud.vcd_branding) carries out. What is shown beyond it
is what a portal shows without being told: attributes that follow the system (contract vcd-api.md, 3.3).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .. import _parallel
from .._http import HttpError
from .._plan import InputError, Values, refuse_empty
from .._preview.model import CHANGES, RETURNS, STAYS, Link, Row, Theme, View
from . import branding, images, theme_colours, themes
from .branding_work import SUPERSEDED, Work
from .client import Vcd
from .images import Image
from .palette import complete, to_css

THEME_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "css": {"type": "str"},
    "css_file": {"type": "path"},
    "palette": {"type": "dict"},
}
_CSS = ("css", "css_file", "palette")
NO_ORG = "This organization does not exist yet. As a new one it shows what the system shows."
Images = dict[tuple[str, str], Image]


def read_themes(wanted: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """{name: style sheet that the theme would have, None for the one it has} of the option `themes`.

    Raises InputError.
    """
    found: dict[str, str | None] = {}
    for number, theme in enumerate(wanted):
        where, name = f"themes[{number}]", theme["name"]
        refuse_empty(f"{where}.name", name, "name the theme")
        if name in found:
            raise InputError(f"{where}: {name!r} is named twice; give each theme one entry")
        given = [option for option in _CSS if theme.get(option) is not None]
        if len(given) > 1 and set(given) != {"css_file", "palette"}:
            raise InputError(f"{where}: give {given[0]} or {given[1]}, not both")
        base = _text(f"{where}.css_file", theme["css_file"]) if "css_file" in given else theme.get("css")
        if "palette" in given:
            try:
                base = to_css(complete(theme["palette"]), base or "")
            except InputError as problem:
                raise InputError(f"{where}: {problem}") from problem
        found[name] = base
    return found


def _text(option: str, path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read(theme_colours.LONGEST)
    except OSError as problem:
        raise InputError(
            f"{option} is {path!r}, which cannot be read: {problem.strerror}. Name a style sheet of the host that runs "
            "the task"
        ) from problem


@dataclass
class Preview:
    """The rows, the system first, and sentences for the reader of the page."""

    rows: list[Row]
    warnings: list[str] = field(default_factory=list)
    missing_themes: list[str] = field(default_factory=list)
    missing_orgs: list[str] = field(default_factory=list)

    def result(self) -> list[dict[str, Any]]:
        """Per organization what would become of it, for a playbook."""
        return [{"org": row.org, "fate": row.fate, "changed": list(row.changed)} for row in self.rows if row.org]

    def weak(self) -> list[str]:
        """What would be hard to read, each pair of colours once, with the portals that have it."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            for pair in row.after.weak():
                found.setdefault(pair["text"], []).append(row.org or branding.SYSTEM)
        return [f"{_some(orgs)}: {text}." for text, orgs in found.items()]


def _some(orgs: Sequence[str]) -> str:
    more = f" and {len(orgs) - 3} more" if len(orgs) > 3 else ""
    return ", ".join(orgs[:3]) + more


def collect(
    api: Vcd,
    wishes: branding.Wishes,
    css: Mapping[str, str | None],
    *,
    everybody: bool,
    pictures: bool,
) -> Preview:
    """Read what is, plan what would be. `css` is of `read_themes`; without `pictures` only those asked for are read.

    One request for each organization (`everybody`: of all, and who is not named inherits), one for each image and one
    for each custom theme; 8 at a time. An organization that does not exist is one that inherits until now, because it
    may be created before it is branded; the first of `warnings` tells of it. Raises InputError, HttpError.
    """
    work, strangers = Work(api, wishes), list[str]()
    work.look(everybody, strangers.append)
    portal, plans = work.portal, branding.plan_tenants(work.portal, wishes)
    seen = dict(portal.images)
    if pictures:
        kinds = [kind for kind in images.KINDS if kind in branding.fields_of(api.version)]
        everything = [(org, kind) for org in (branding.SYSTEM, *portal.tenants) for kind in kinds]
        seen.update(branding.read_images(api, (each for each in everything if each not in seen)))
    types = themes.every(api)
    system = _shown(portal.system, branding.SYSTEM, seen)
    pairs = {branding.SYSTEM: (system, {**system, **branding.system_after(portal.system, wishes)})}
    for org in sorted(portal.tenants, key=str.casefold):
        was = _shown(portal.tenants[org], org, seen)
        pairs[org] = was, _afterwards(org, was, plans[org][1], wishes, *pairs[branding.SYSTEM])
    named = {str(values["theme"]) for pair in pairs.values() for values in pair if values.get("theme")}
    known = {**wishes.images, **{image.mark: image for image in seen.values()}}
    custom = sorted(name for name in named if types.get(name) == themes.CUSTOM)
    looks = _Looks(known, types, _style_sheets(api, custom), css)
    rows = [
        _row(org, pair, pairs[branding.SYSTEM], plans.get(org, ({}, {})), looks, wishes.inherits(org), work.missing)
        for org, pair in pairs.items()
        if org != branding.SYSTEM or org in wishes.looks
    ]
    superseded = [_sentence(SUPERSEDED)] if branding.second_generation(api) else []
    missing = sorted(name for name in named if name not in types and name not in css)
    warnings = [*map(_no_org, strangers), *map(_no_theme, missing), *superseded]
    return Preview(rows, warnings, missing, sorted(work.missing))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _shown(values: Values, org: str, seen: Images) -> Values:
    return {**values, **{kind: seen[org, kind].mark for kind in images.KINDS if (org, kind) in seen}}


def _afterwards(
    org: str, was: Values, planned: Values, wishes: branding.Wishes, system: Values, default: Values
) -> Values:
    """What an organization would show: its plan, and the system's new image where it shows the present one."""
    after = {**was, **planned}
    for kind in images.KINDS:
        if kind in was and kind not in wishes.kinds(org) and was[kind] == system.get(kind):
            after[kind] = default.get(kind)
    return after


def _style_sheets(api: Vcd, names: Iterable[str]) -> dict[str, str]:
    """{theme: style sheet} of custom themes; one without contents answers 404 and has none."""

    def read(name: str) -> str | None:
        try:
            reply = api.send("GET", f"{themes.THEMES}/{quote(name, safe='')}/css", media="text/css")
        except HttpError as problem:
            if problem.status == 404:
                return None
            raise
        return reply.body.decode("utf-8", "replace")

    if not api.has("theme_css"):
        return {}
    return {name: text for name, text in _parallel.side_by_side(read, sorted(names)).items() if text is not None}


@dataclass
class _Looks:
    """What rows are drawn with: images by mark, types and style sheets of themes, and those that themes would have."""

    images: Mapping[str, Image]
    types: Mapping[str, str]
    present: Mapping[str, str]
    future: Mapping[str, str | None]
    _themes: dict[tuple[str, bool], Theme] = field(default_factory=dict)

    def theme(self, name: str | None, later: bool) -> Theme:
        """A theme as it is, or as it would be."""
        key = (name or "", later)
        if key not in self._themes:
            self._themes[key] = self._read(name or "Default", later)
        return self._themes[key]

    def _read(self, name: str, later: bool) -> Theme:
        if self.types.get(name) == themes.BUILT_IN:
            return Theme(name, built_in=True)
        wished = self.future.get(name) if later else None
        text = self.present.get(name) if wished is None else wished
        if name not in self.types and not (later and name in self.future):
            return Theme(name, note="There is no theme of this name")
        if text is None:
            return Theme(name, note="It has no style sheet")
        colours = theme_colours.read(text)
        return Theme(name, False, tuple(colours.items()), "" if colours else "Its style sheet names no plain colour")

    def view(self, values: Values, system: Values, later: bool) -> View:
        """What a portal with these values shows; an attribute of an organization that is not set is the system's."""
        shown = {name: system.get(name) if values.get(name) in (None, "") else values[name] for name in branding.FIELDS}
        return View(
            portal_name=str(shown["portal_name"] or ""),
            portal_color=str(shown["portal_color"] or ""),
            theme=self.theme(shown["theme"], later),
            links=tuple(
                Link(str(item.get("type") or ""), str(item.get("name") or ""), str(item.get("url") or ""))
                for item in values.get("custom_links") or ()
            ),
            logo=self.images.get(str(values.get("logo"))),
            icon=self.images.get(str(values.get("icon"))),
        )


def _row(
    org: str,
    pair: tuple[Values, Values],
    system: tuple[Values, Values],
    planned: tuple[Values, Values],
    looks: _Looks,
    inherits: bool,
    missing: Collection[str],
) -> Row:
    """One organization's row. A field differs where people see it, and where vcd_branding would write it."""
    (before, after), of_system = pair, org == branding.SYSTEM
    was, will = looks.view(before, system[0], False), looks.view(after, system[1], True)
    seen = {
        "portal_name": was.portal_name != will.portal_name,
        "portal_color": was.portal_color != will.portal_color,
        "theme": was.theme != will.theme,
        "custom_links": was.links != will.links,
        **{kind: before.get(kind) != after.get(kind) for kind in images.KINDS},
    }
    changed = [name for name in branding.FIELDS if seen[name] or planned[0].get(name) != planned[1].get(name)]
    follows = [] if of_system else branding.inherited_fields(after, system[1])
    own = [kind for kind in images.KINDS if after.get(kind) == ""]
    notes = [NO_ORG] if org in missing else []
    notes += [f"The {kind} would be the product's own, which cannot be shown before it is there." for kind in own]
    fate = STAYS if not changed else RETURNS if inherits else CHANGES
    return Row(None if of_system else org, was, will, tuple(changed), tuple(follows), fate, tuple(notes))


def _no_org(text: str) -> str:
    end = "" if text.endswith("?") else "."
    return f"{_sentence(text)}{end} So vcpp.vcloud.vcd_branding would refuse it, unless it is created first."


def _no_theme(name: str) -> str:
    return (
        f"There is no theme {name!r}, so vcpp.vcloud.vcd_branding would refuse it. Make it first, with "
        "vcpp.vcloud.vcd_theme, or name it in themes."
    )


def file_name_refused(path: str) -> None:
    """Refuse what cannot be the page's file. Raises InputError."""
    refuse_empty("dest", path, "name the file to write")
    if os.path.isdir(path):
        raise InputError(f"dest is {path!r}, a directory: name a file in it, for example preview.html")
