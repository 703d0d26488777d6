# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scripts can use: types, objects, methods and attributes of plug-ins (contract vro-api.md, 12.1), from 8.0 on.

Asked for one plug-in after the other, because the vendor warns that several at a time exhaust a server. Some plug-ins
tell many megabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from .._names import nearest
from .._plan import InputError
from . import versions
from .client import Vro, segment

_ROOT = "server-configuration/api"
Described = dict[str, Any]


def refuse_old(api: Vro, option: str) -> None:
    """Raises InputError where the release has no such API."""
    if not api.has("plugin_types"):
        raise InputError(
            f"{option}: release {versions.text(api.version)} has no API that tells the types of plug-ins; it came with "
            "release 8.0. Use the API Explorer of the orchestrator's client there"
        )


def listed(api: Vro) -> list[Mapping[str, Any]]:
    """The plug-ins that describe themselves, by name, each with where its description is. Raises HttpError."""
    document = api.get(_ROOT)
    rows = document.get("plugins") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise api.unexpected("GET", _ROOT, 200, "it lists no plug-ins")
    return sorted((row for row in rows if isinstance(row, dict)), key=lambda row: str(row.get("name")).lower())


def read(
    api: Vro, names: Collection[str] | None = None, tell: Callable[[str], None] = lambda text: None
) -> list[Described]:
    """Plug-ins with their types and objects, by name; all, or those of `names`. `tell` hears of each.

    Raises InputError for a name that is not there, HttpError.
    """
    rows = listed(api)
    known = [str(row.get("name")) for row in rows]
    for name in names or ():
        if name not in known:
            raise InputError(
                f"the server describes no plug-in {name!r}, it has {', '.join(known)}{nearest(name, known)}"
            )
    found = []
    for row in rows:
        if names is None or str(row.get("name")) in names:
            tell(f"reading the types of {row.get('name')}")
            found.append(described(row, api.get(_place(row))))
    return found


def _place(row: Mapping[str, Any]) -> str:
    """Where a plug-in's description is: what its link says, else what such links are made of."""
    link = urlsplit(str(row.get("detailsLink") or "")).path
    _before, found, rest = link.partition("/plugins/")
    parts = [str(row.get(part) or "") for part in ("name", "version", "build")]
    return f"{_ROOT}/plugins/{rest if found else link or '/'.join(map(segment, filter(None, parts)))}"


def described(row: Mapping[str, Any], document: Any) -> Described:
    """A plug-in in the user's words, sorted by name; what is not told is empty. Pure."""
    told = document if isinstance(document, dict) else {}
    return {
        "name": str(row.get("name") or ""),
        "version": str(row.get("version") or ""),
        "build": str(row.get("build") or ""),
        "description": _text(row.get("description")),
        "types": _sorted(_type(each) for each in _dicts(told.get("types"))),
        "objects": _sorted(_object(each) for each in _dicts(told.get("objects"))),
        "enums": _sorted(_enumeration(each) for each in told.get("enums") or []),
    }


def _type(each: Mapping[str, Any]) -> Described:
    return {
        "name": str(each.get("name") or ""),
        "description": _text(each.get("description")),
        "script_object": _named(each.get("scriptObject")),
    }


def _enumeration(each: Any) -> Described:
    """One is a document, or a name alone."""
    told = each if isinstance(each, dict) else {"name": each}
    values = [_named(value) for value in told.get("values") or []]
    return {"name": str(told.get("name") or ""), "description": _text(told.get("description")), "values": values}


def _object(each: Mapping[str, Any]) -> Described:
    return {
        "name": str(each.get("name") or ""),
        "description": _text(each.get("description")),
        "constructors": [
            {"description": _text(one.get("description")), "parameters": _parameters(one)}
            for one in _dicts(each.get("constructors"))
        ],
        "attributes": _sorted(
            {"name": str(one.get("name") or ""), "type": _returned(one), "description": _text(one.get("description"))}
            for one in _dicts(each.get("attributes"))
        ),
        "methods": _sorted(
            {
                "name": str(one.get("name") or ""),
                "parameters": _parameters(one),
                "returns": _returned(one),
                "description": _text(one.get("description")),
            }
            for one in _dicts(each.get("methods"))
        ),
    }


def _parameters(each: Mapping[str, Any]) -> list[Described]:
    return [
        {
            "name": str(one.get("name") or ""),
            "type": _named(one.get("type")) or "Any",
            "description": _text(one.get("description")),
        }
        for one in _dicts(each.get("parameters"))
    ]


def _returned(each: Mapping[str, Any]) -> str:
    return next((_named(each[key]) for key in ("returnType", "return-type", "type") if each.get(key)), "")


def _named(value: Any) -> str:
    """A type is a text, or a document with one."""
    if isinstance(value, dict):
        return str(value.get("type") or value.get("name") or "")
    return "" if value is None else str(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _dicts(rows: Any) -> list[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _sorted(rows: Iterable[Described]) -> list[Described]:
    return sorted(rows, key=lambda row: (str(row["name"]).lower(), str(row["name"])))
