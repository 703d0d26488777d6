# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Themes of the portal, their style sheets, and who uses one (contract vcd-api.md, 3.5, 3.6 and 8)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .. import _files, _parallel
from .._http import HttpError
from .._plan import Field, InputError, Values, refuse_empty
from . import versions
from .branding import SYSTEM, Shown, every_org, merged, read_one, read_system, refuse_none
from .client import JSON, Vcd
from .images import path_of
from .transfer import upload

THEMES = "cloudapi/branding/themes"
BUILT_IN, CUSTOM = "BUILT_IN", "CUSTOM"
DEFAULT = "Default"
FIELDS: dict[str, Field] = {"name": Field("name", immutable=True), "css": Field("css")}
# A style sheet up to this is shown in results and diffs, of a longer one only the digest. Palettes make some 4 KB, the
# theme generator some 450 KB.
LONGEST_SHOWN = 16 * 1024


# The style sheet


def lines(css: bytes) -> bytes:
    """A style sheet in the form in which two of them are compared: line ends, and the last of them, mean nothing."""
    return css.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")


def shown(css: bytes | None) -> str:
    """A style sheet in plans and results: itself, the mark of a long one, empty for none."""
    text = lines(css or b"")
    if len(text) <= LONGEST_SHOWN:
        return text.decode("utf-8", "replace")
    return f"sha256:{hashlib.sha256(text).hexdigest()}"


def load(params: Mapping[str, Any]) -> bytes | None:
    """The style sheet of `css` or `css_file`, empty for none, None where neither is given. Raises InputError."""
    refuse_empty("name", params["name"], "name the theme")
    if params["css"] is not None:
        return str(params["css"]).encode()
    path = params["css_file"]
    if path is None:
        return None
    css = _files.read("css_file", path, "Name a style sheet of the host that runs the task")
    if not css.strip():
        raise InputError(f'css_file is {path!r}, which is empty: to have a theme without a style sheet, give css: ""')
    try:
        css.decode()
    except UnicodeDecodeError as problem:
        raise InputError(f"css_file is {path!r}, which is not UTF-8 (byte {problem.start}): save it as UTF-8") from None
    return css


def file_name(params: Mapping[str, Any]) -> str:
    """The name under which a style sheet is sent; the server wants it to end in .css."""
    name = os.path.basename(params["css_file"] or "")
    return name if name.lower().endswith(".css") and name.isascii() else "theme.css"


# Reading


def path_to(name: str, part: str = "") -> str:
    """The path of a theme, or of its `css` or `contents`."""
    return f"{THEMES}/{quote(name, safe='')}" + (f"/{part}" if part else "")


def theme_type(text: str | None) -> str:
    """The type of a theme in one spelling: clients write Custom, and DEFAULT for the built-in ones (contract 3.5)."""
    return BUILT_IN if str(text or "").upper() in (BUILT_IN, "DEFAULT") else CUSTOM


def every(api: Vcd) -> dict[str, str]:
    """{name: type} of all themes, `BUILT_IN` or `CUSTOM`: one request. Raises HttpError, InputError."""
    refuse_none(api.version)
    found = api.get(THEMES)
    if not isinstance(found, list):
        raise api.unexpected("GET", THEMES, 200, "no list of themes")
    return {str(theme["name"]): theme_type(theme.get("themeType")) for theme in found}


def read_css(api: Vcd, name: str) -> bytes | None:
    """The style sheet of a theme; None for none. Raises HttpError, InputError below API 31.0."""
    refuse_css(api.version)
    try:
        return api.send("GET", path_to(name, "css"), media="text/css").body
    except HttpError as problem:
        if problem.status == 404:
            return None
        raise


def refuse_css(version: versions.Version) -> None:
    """Refuse an API number without style sheets. Raises InputError."""
    if not versions.has(version, "theme_css"):
        raise InputError(
            f"css, css_file: style sheets of themes need API version 31.0 (vCloud Director 9.5), and "
            f"{versions.text(version)} is spoken here; leave them out"
        )


@dataclass(frozen=True)
class Found:
    """What vcd_theme_info tells: custom themes as options, details of each, names of the built-in ones."""

    rows: list[Values]
    details: list[Values]
    built_in: list[str]


def collect(api: Vcd, name: str | None, *, css: bool) -> Found:
    """The custom themes, all or that of a name, by name; with their style sheets where they are to be read.

    One request, and one for each style sheet, 8 at a time. Raises HttpError, InputError.
    """
    types = every(api)
    custom = sorted(each for each, kind in types.items() if kind == CUSTOM and name in (None, each))
    read = css and api.has("theme_css")
    sheets = _parallel.side_by_side(lambda each: read_css(api, each), custom) if read else {}
    rows, details = [], []
    for each in custom:
        sheet = sheets.get(each)
        rows.append({"name": each, "css": (sheet or b"").decode("utf-8", "replace") if read else None})
        digest = hashlib.sha256(sheet).hexdigest() if sheet else None
        details.append({"name": each, "css_size": len(sheet) if sheet else None, "css_sha256": digest})
    return Found(rows, details, sorted(each for each, kind in types.items() if kind == BUILT_IN))


# Writing


def create(api: Vcd, name: str) -> None:
    """A new custom theme without a style sheet. Raises HttpError."""
    api.request("POST", THEMES, document={"themeType": CUSTOM, "name": name})


def write_css(api: Vcd, name: str, css: bytes, file: str) -> None:
    """Give a theme a style sheet, or none when it is empty. Raises HttpError."""
    if css:
        upload(api, path_to(name, "contents"), file, css)
    else:
        api.send("DELETE", path_to(name, "contents"), media=JSON)


def delete(api: Vcd, name: str) -> None:
    """Remove a theme. Raises HttpError."""
    api.send("DELETE", path_to(name), media=JSON)


# Who uses it


def users(api: Vcd, name: str) -> list[str]:
    """`SYSTEM` where the system's branding selects a theme, then the organizations that do and do not inherit it.

    Reads the branding of all organizations, 8 at a time. Raises HttpError.
    """
    system = read_system(api)
    own = _selecting(api, name)
    if system.values["theme"] != name:
        return sorted(own)
    return [SYSTEM, *sorted(org for org, each in own.items() if each.values != system.values)]


def _selecting(api: Vcd, name: str) -> dict[str, Shown]:
    """The branding of the organizations that show a theme."""
    if not api.has("tenant_branding"):
        return {}
    found = _parallel.side_by_side(lambda org: read_one(api, org), every_org(api))
    return {org: each for org, each in found.items() if each.values["theme"] == name}


def release(api: Vcd, name: str) -> None:
    """Give all that select a theme the built-in one. Raises HttpError.

    The system first: what organizations inherit changes with it, so only those that then still show the theme have
    selected it themselves.
    """
    system = read_system(api)
    if system.values["theme"] == name:
        _switch(api, None, system)
    selecting = _selecting(api, name)
    _parallel.side_by_side(lambda org: _switch(api, org, selecting[org]), selecting)


def _switch(api: Vcd, org: str | None, present: Shown) -> None:
    api.request("PUT", path_of(org), document=merged(present.document, {"theme": DEFAULT}, {DEFAULT: BUILT_IN}))


def in_use(name: str, orgs: list[str]) -> str:
    """Who uses a theme, for a sentence."""
    tenants = [org for org in orgs if org != SYSTEM]
    parts = ["the system"] if SYSTEM in orgs else []
    if tenants:
        first = ", ".join(tenants[:10]) + (f" and {len(tenants) - 10} more" if len(tenants) > 10 else "")
        parts.append(f"{'organization' if len(tenants) == 1 else f'{len(tenants)} organizations'} {first}")
    return f"theme {name!r} is used by {' and by '.join(parts)}"
